"""Flags: the boolean variables that say how a stretch of code was left.

While exits are restructured every loop has flags of its own under a provisional name that no program can
contain.  At the end the flags that nothing tests go, and the others get readable names.
"""

from __future__ import annotations

from collections.abc import Iterable

import gast

from srcgrad.normalise.branches import branch
from srcgrad.normalise.scopes import own_nodes, with_blocks
from srcgrad.syntax.build import name
from srcgrad.syntax.names import Names
from srcgrad.syntax.tree import located_at


class Flags:
    """The flags of one function."""

    def __init__(self) -> None:
        self._enclosing: dict[str, set[str]] = {}

    def new(self, wanted: str, enclosing: Iterable[str]) -> str:
        """The provisional name of a flag; ``enclosing`` are the flags of the loop or function around it."""
        provisional = f"{wanted} {len(self._enclosing)}"
        self._enclosing[provisional] = set(enclosing).union(*(self._enclosing[flag] for flag in enclosing))
        return provisional

    def settle(self, body: list[gast.stmt], names: Names) -> list[gast.stmt]:
        """The body without flags that are never tested, and with names for the others."""
        tested = {
            node.id
            for node in own_nodes(body)
            if isinstance(node, gast.Name) and node.id in self._enclosing and isinstance(node.ctx, gast.Load)
        }
        final: dict[str, str] = {}
        pools: dict[str, list[str]] = {}
        for flag, enclosing in self._enclosing.items():
            if flag in tested:
                wanted = flag.partition(" ")[0]
                pool = pools.setdefault(wanted, [])
                in_use = {final[other] for other in enclosing if other in final}
                free = [known for known in pool if known not in in_use]
                if not free:
                    free = [names.fresh(wanted)]
                    pool.extend(free)
                final[flag] = free[0]
        body = self._without_untested(body, tested)
        for node in own_nodes(body):
            if isinstance(node, gast.Name) and node.id in final:
                node.id = final[node.id]
        return body

    def _without_untested(self, block: list[gast.stmt], tested: set[str]) -> list[gast.stmt]:
        result: list[gast.stmt] = []
        for statement in block:
            if isinstance(statement, gast.Assign) and isinstance(statement.targets[0], gast.Name):
                identifier = statement.targets[0].id
                if identifier in self._enclosing and identifier not in tested:
                    continue
            if isinstance(statement, gast.If):
                inner = [self._without_untested(part, tested) for part in (statement.body, statement.orelse)]
                result.extend(branch(statement.test, inner[0], inner[1], statement))
            else:
                result.append(with_blocks(statement, lambda part: self._without_untested(part, tested)))
        return result


def set_flag(flag: str, value: bool, origin: gast.AST) -> gast.stmt:
    """``flag = value``"""
    target = gast.Name(flag, gast.Store(), None, None)
    return located_at(gast.Assign([target], gast.Constant(value, None), None), origin)


def flag_read(flag: str, origin: gast.AST) -> gast.Name:
    """The flag as a test."""
    return located_at(name(flag), origin)
