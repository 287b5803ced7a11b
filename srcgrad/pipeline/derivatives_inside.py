"""The step of expansion that puts derivatives in the place of the calls that make them."""

from __future__ import annotations

import gast

from srcgrad.analyse.kinds import Kinds
from srcgrad.analyse.operations import single_target
from srcgrad.custom import maker_of
from srcgrad.errors import UnsupportedError
from srcgrad.normalise.scopes import own_nodes
from srcgrad.syntax.build import copy_tree, substitute
from srcgrad.syntax.names import Names
from srcgrad.syntax.scopes import names_read, parameter_names
from srcgrad.syntax.tree import located_at, with_replaced


def with_derivatives(tree: gast.FunctionDef, kinds: Kinds, names: Names) -> gast.FunctionDef | None:
    """The function with derivatives in the place of ``grad(f)`` and its like, None where there are none to put."""
    replaced: dict[gast.AST, gast.AST | list[gast.stmt]] = {}
    for node in own_nodes(tree.body):
        if not isinstance(node, gast.Call):
            continue
        written = _written(node, kinds)
        if written is not None:
            replaced[node] = located_at(copy_tree(written), node)
        elif isinstance(node.func, gast.Call):
            derivative = _written(node.func, kinds)
            if isinstance(derivative, gast.Lambda):
                called = _called(derivative, node)
                if called is not None:
                    replaced[node] = located_at(called, node)
    if not replaced:
        return None
    names.take(names_read([item for item in replaced.values() if isinstance(item, gast.AST)]))
    wider = with_replaced(tree, replaced)
    assert isinstance(wider, gast.FunctionDef)
    return wider


def check_derivatives(tree: gast.FunctionDef, kinds: Kinds) -> None:
    """Refuse what still makes a derivative once all that is known is written out."""
    for node in gast.walk(tree):
        target = single_target(node, kinds) if isinstance(node, gast.Call) else None
        if target is not None and maker_of(target.function) is not None:
            raise UnsupportedError(
                "the function that is differentiated here, inside a differentiated function, is not known",
                node=node,
                advice="give a function by its name, or a lambda",
            )


def _written(node: gast.Call, kinds: Kinds) -> gast.expr | None:
    target = single_target(node, kinds)
    return target.written if target is not None else None


def _called(derivative: gast.Lambda, node: gast.Call) -> gast.expr | None:
    """``u_grad(t, w)`` for ``(lambda x: u_grad(x, w))(t)``."""
    plain = derivative.args
    own = parameter_names(plain)
    if len(node.args) != len(own) or node.keywords or any(isinstance(item, gast.Starred) for item in node.args):
        return None
    return substitute(derivative.body, dict(zip(own, node.args, strict=True)))
