"""Walking over the statements that belong to a function itself, and what leaves a block of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

import gast

from srcgrad.syntax.walking import children

Node = TypeVar("Node")

DEFINITIONS = (gast.FunctionDef, gast.AsyncFunctionDef, gast.Lambda, gast.ClassDef)
LOOPS = (gast.For, gast.While)
JUMPS = (gast.Return, gast.Break, gast.Continue)


def own_nodes(nodes: Iterable[gast.AST]) -> Iterator[gast.AST]:
    """The nodes and all below them, without what stands inside nested functions, lambdas and classes."""
    pending = list(nodes)[::-1]
    while pending:
        node = pending.pop()
        yield node
        if isinstance(node, gast.Lambda):
            pending.extend(default for default in (*node.args.defaults, *node.args.kw_defaults) if default)
        elif not isinstance(node, DEFINITIONS):
            pending.extend(children(node)[::-1])


def blocks_of(statement: gast.stmt) -> list[list[gast.stmt]]:
    """The blocks of statements inside a compound statement; none for a definition."""
    if isinstance(statement, DEFINITIONS):
        return []
    blocks = [getattr(statement, field, []) for field in ("body", "orelse", "finalbody")]
    blocks.extend(handler.body for handler in getattr(statement, "handlers", []))
    return [block for block in blocks if block]


def jumps_out_of(block: Sequence[gast.stmt]) -> set[str]:
    """The ways to leave a block early: "return", "break", "continue"."""
    found: set[str] = set()
    for statement in block:
        if isinstance(statement, JUMPS):
            found.add(kind_of_jump(statement))
        elif isinstance(statement, LOOPS):
            found |= (jumps_out_of(statement.body) & {"return"}) | jumps_out_of(statement.orelse)
        else:
            for inner in blocks_of(statement):
                found |= jumps_out_of(inner)
    return found


def kind_of_jump(statement: gast.stmt) -> str:
    """ "return", "break" or "continue"."""
    if isinstance(statement, gast.Return):
        return "return"
    return "break" if isinstance(statement, gast.Break) else "continue"


def completes(block: Sequence[gast.stmt]) -> bool:
    """Whether the end of the block may be reached."""
    return all(_completes(statement) for statement in block)


def _completes(statement: gast.stmt) -> bool:
    if isinstance(statement, (*JUMPS, gast.Raise)):
        return False
    if isinstance(statement, gast.If):
        return completes(statement.body) or completes(statement.orelse)
    if isinstance(statement, LOOPS):
        if "break" in jumps_out_of(statement.body):
            return True
        return not is_endless(statement) and completes(statement.orelse)
    if isinstance(statement, gast.With):
        return completes(statement.body) or not _lets_errors_pass(statement)
    if isinstance(statement, gast.Try):
        normally = completes(statement.body) and completes(statement.orelse)
        handled = any(completes(handler.body) for handler in statement.handlers)
        return completes(statement.finalbody) and (normally or handled)
    return True


def is_endless(loop: gast.stmt) -> bool:
    """Whether a loop's test is a constant that holds, so that it ends by leaving it only."""
    return isinstance(loop, gast.While) and isinstance(loop.test, gast.Constant) and bool(loop.test.value)


# Context managers that are known not to swallow exceptions.
_TRANSPARENT = {"errstate", "printoptions", "localcontext", "open", "closing", "nullcontext", "Lock", "Pool"}


def _lets_errors_pass(statement: gast.With) -> bool:
    """Whether an exception in the body surely leaves the ``with`` statement too."""
    for item in statement.items:
        function = item.context_expr.func if isinstance(item.context_expr, gast.Call) else None
        name = getattr(function, "attr", getattr(function, "id", None))
        if name not in _TRANSPARENT:
            return False
    return True


def with_blocks(statement: gast.stmt, transform: Callable[[list[gast.stmt]], list[gast.stmt]]) -> gast.stmt:
    """A copy of a compound statement with every block transformed; a block that must not be empty gets ``pass``."""
    if not blocks_of(statement):
        return statement
    changed = replaced(statement)
    for field in ("body", "orelse", "finalbody"):
        block = getattr(statement, field, [])
        if block:
            setattr(changed, field, transform(block))
    if getattr(statement, "handlers", []):
        changed.handlers = [replaced(handler, body=filled(transform(handler.body))) for handler in statement.handlers]
    changed.body = filled(changed.body)
    if isinstance(changed, gast.Try) and not changed.handlers:
        changed.finalbody = filled(changed.finalbody)
    return changed


def replaced(node: Node, **fields: object) -> Node:
    """A copy of one node, the nodes below it shared, with some fields replaced."""
    changed = type(node).__new__(type(node))
    changed.__dict__.update(node.__dict__)
    changed.__dict__.update(fields)
    return changed


def filled(block: list[gast.stmt]) -> list[gast.stmt]:
    """The block, or ``pass`` where it is empty."""
    return block or [gast.Pass()]
