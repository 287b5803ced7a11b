"""Nested functions that nobody mentions any more, once their calls have been written out, go."""

from __future__ import annotations

import gast

from srcgrad.normalise.scopes import replaced, with_blocks
from srcgrad.syntax.build import names_read

Block = list[gast.stmt]


def without_uncalled(tree: gast.FunctionDef) -> gast.FunctionDef:
    """The function without nested functions and lambdas whose names are read nowhere.

    Before::                        After::

        def scaled(v):                  y = 2.0 * x
            return 2.0 * v              return y
        y = 2.0 * x
        return y
    """
    while True:
        read = names_read(tree.body)
        body = _kept(tree.body, read)
        if _count(body) == _count(tree.body):
            return tree
        tree = replaced(tree, body=body)


def _kept(block: Block, read: set[str]) -> Block:
    return [
        with_blocks(statement, lambda inner: _kept(inner, read))
        for statement in block
        if not _is_plain_function(statement) or _name_of(statement) in read
    ]


def _is_plain_function(statement: gast.stmt) -> bool:
    """Whether a statement does nothing but make a function and give it a name."""
    match statement:
        case gast.FunctionDef(decorator_list=[], args=arguments):
            pass
        case gast.Assign(targets=[gast.Name()], value=gast.Lambda(args=arguments)):
            pass
        case _:
            return False
    defaults = [*arguments.defaults, *arguments.kw_defaults]
    return all(default is None or isinstance(default, gast.Name | gast.Constant) for default in defaults)


def _name_of(statement: gast.stmt) -> str:
    return str(statement.name if isinstance(statement, gast.FunctionDef) else statement.targets[0].id)


def _count(block: Block) -> int:
    return sum(1 for statement in block for node in gast.walk(statement) if isinstance(node, gast.stmt))
