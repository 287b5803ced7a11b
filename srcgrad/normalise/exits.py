"""One way out: early returns, break, continue and loop-else in terms of if, flags and breaks in tail position."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import gast

from srcgrad.normalise.branches import branch, either, negated
from srcgrad.normalise.flags import Flags, flag_read, set_flag
from srcgrad.normalise.scopes import (
    JUMPS,
    LOOPS,
    completes,
    is_endless,
    jumps_out_of,
    kind_of_jump,
    own_nodes,
    replaced,
    with_blocks,
)
from srcgrad.syntax.names import Names
from srcgrad.syntax.tree import located_at

Block = list[gast.stmt]


def single_exits(function: gast.FunctionDef, names: Names) -> gast.FunctionDef:
    """The function with one return, at its end, and with loops that are left at the end of a trip only.

    Code that an early exit skips moves into the other branch; where it would have to move into several, a flag
    guards it.  Nothing is copied::

        for v in x:                         stopped = False
            if v < 0.0:                     for v in x:
                continue                        if not v < 0.0:
            if v > 1.0:                             if v > 1.0:
                break             becomes               stopped = True
            s += v                                      break
        else:                                       else:
            return s                                    s += v
        return -s                           if not stopped:
                                                result = s
                                            else:
                                                result = -s
                                            return result
    """
    body = _reachable(function.body)
    returns = [node for node in own_nodes(body) if isinstance(node, gast.Return)]
    if len(returns) == 1 and body[-1] is returns[0]:
        last: gast.stmt = body.pop()
        result = None
    elif not returns and isinstance(function.body[-1], gast.Return):
        last, result = function.body[-1], None  # never reached
    elif not any(_value(statement) for statement in returns):
        last = located_at(gast.Return(gast.Constant(None, None)), body[-1] if body else function)
        result = None
    else:
        if completes(body):
            body.append(located_at(gast.Return(gast.Constant(None, None)), body[-1]))
            returns.append(body[-1])
        shared = _shared_name(body, returns)
        result = None if shared else names.fresh("result")
        variable = gast.Name(shared or result, gast.Load(), None, None)
        last = located_at(gast.Return(variable), returns[-1])
    exits = _Exits(result)
    body = exits.block(body, _Region(flags={"return": exits.flags.new("returned", ())}))
    return replaced(function, body=[*exits.flags.settle(body, names), last])


def _value(statement: gast.Return) -> gast.expr | None:
    """What a return returns; None for None."""
    value = statement.value
    return None if isinstance(value, gast.Constant) and value.value is None else value


def _reachable(block: Sequence[gast.stmt]) -> Block:
    """The block without statements that nothing leads to."""
    result: Block = []
    for statement in block:
        if is_endless(statement):
            statement = replaced(statement, orelse=[])
        result.append(with_blocks(statement, _reachable))
        if not completes(result[-1:]):
            break
    return result


def _shared_name(body: Block, returns: list[gast.Return]) -> str | None:
    """The variable that every return returns, where leaving later cannot change it."""
    values = [statement.value for statement in returns]
    names = {value.id if isinstance(value, gast.Name) else None for value in values}
    cleaned_up = (node for node in own_nodes(body) if isinstance(node, (gast.Try, gast.With)))
    if len(names) != 1 or any("return" in jumps_out_of([statement]) for statement in cleaned_up):
        return None
    return names.pop()


class _ReturnAgain(gast.Return):
    """A return whose result and flag are set already."""


class _BreakAgain(gast.Break):
    """A break whose flag is set already."""


class _ContinueAgain(gast.Continue):
    """A continue whose flag is set already."""


_AGAIN = {"return": _ReturnAgain, "break": _BreakAgain, "continue": _ContinueAgain}


@dataclass(frozen=True)
class _Region:
    """A stretch of code to whose end every jump leads, and what a jump leaves there."""

    flags: dict[str, str]  # the flag of each kind of jump
    breaks: frozenset[str] = frozenset()  # the kinds of jump that also leave the loop
    setting: frozenset[str] = frozenset()  # the kinds of jump whose flag is tested after the region
    ready: frozenset[str] = frozenset()  # the kinds of jump whose flag is False so far
    is_function: bool = True

    def inside_flagged(self, kinds: set[str]) -> _Region:
        """The region of a statement after which flags tell what has happened."""
        return _Region(self.flags, frozenset(), self.setting | kinds, self.ready | kinds, False)


class _Exits:
    """The restructuring of one function."""

    def __init__(self, result: str | None) -> None:
        self.flags = Flags()
        self._result = result

    def block(self, statements: Block, region: _Region) -> Block:
        """The statements with every jump led to the end of the region."""
        done: Block = []
        for index, statement in enumerate(statements):
            if isinstance(statement, JUMPS):
                return [*done, *self._jump(statement, region)]
            kinds = jumps_out_of([statement])
            rest = statements[index + 1 :] if completes([statement]) else []
            if rest and isinstance(rest[0], JUMPS) and not self._jump(rest[0], region):
                rest = []
            if isinstance(statement, gast.If) and not self._needs_flag(statement, kinds, rest):
                if kinds:
                    return [*done, *self._branches(statement, rest, region)]
                parts = [self.block(part, region) for part in (statement.body, statement.orelse)]
                done.extend(branch(statement.test, parts[0], parts[1], statement))
                continue
            if kinds:
                start, rest, region = self._prepared(statement, kinds, rest, region)
                done.extend(start)
            if isinstance(statement, LOOPS):
                parts, after = self._loop(statement, region)
                done.extend(parts)
                if after:
                    return [*done, *self.block([*after, *rest], region)]
            elif kinds:
                inside = region.inside_flagged(kinds)
                done.append(self._compound(statement, inside))
                after = self._dispatch(kinds, completes([statement]), region, statement)
                return [*done, *self.block([*after, *rest], region)]
            else:
                done.append(with_blocks(statement, lambda part: self.block(part, region)))  # noqa: B023
            if not rest:
                return done
        return done

    def _jump(self, statement: gast.stmt, region: _Region) -> Block:
        """What stands in the place of a return, break or continue, at the end of its branch."""
        kind = kind_of_jump(statement)
        done: Block = []
        if type(statement) is not _AGAIN[kind]:
            if kind == "return" and self._result is not None:
                done.append(self._set_result(statement))
            if kind in region.setting:
                done.append(set_flag(region.flags[kind], True, statement))
        if kind in region.breaks:
            done.append(located_at(gast.Break(), statement))
        return done

    def _set_result(self, statement: Any) -> gast.stmt:
        target = gast.Name(self._result, gast.Store(), None, None)
        value = gast.Constant(None, None) if statement.value is None else statement.value
        return located_at(gast.Assign([target], value, None), statement)

    @staticmethod
    def _needs_flag(statement: gast.If, kinds: set[str], rest: Block) -> bool:
        """Whether what follows would have to stand in both branches."""
        return bool(kinds and rest) and completes(statement.body) and completes(statement.orelse)

    def _branches(self, statement: gast.If, rest: Block, region: _Region) -> Block:
        """An if with exits, with what follows it moved into the branch that goes on."""
        body, orelse = statement.body, statement.orelse
        if completes(body):
            body = [*body, *rest]
        else:
            orelse = [*orelse, *rest]
        return branch(statement.test, self.block(body, region), self.block(orelse, region), statement)

    def _prepared(
        self, statement: gast.stmt, kinds: set[str], rest: Block, region: _Region
    ) -> tuple[Block, Block, _Region]:
        """What stands before a statement that may be left early, what then remains to follow it, and the region."""
        done = [
            set_flag(region.flags[kind], False, statement)
            for kind in ("return", "break", "continue")
            if kind in kinds and kind not in region.ready
        ]
        # A constant that is returned in the end is the result to start with: no flag is needed to reach it.
        if region.is_function and self._result and len(rest) == 1 and isinstance(rest[0], gast.Return):
            if rest[0].value is None or isinstance(rest[0].value, gast.Constant):
                done.append(self._set_result(rest[0]))
                rest = []
        return done, rest, replace(region, ready=region.ready | kinds)

    def _compound(self, statement: gast.stmt, inside: _Region) -> gast.stmt:
        """A statement that is left early, by flags."""
        changed = with_blocks(statement, lambda part: self.block(part, inside))
        if not isinstance(statement, gast.Try):
            return changed
        kinds = sorted(jumps_out_of(statement.body))
        if kinds and statement.orelse:
            test = either([flag_read(inside.flags[kind], statement) for kind in kinds])
            changed.orelse = branch(located_at(test, statement), [], changed.orelse, statement)
        cleaning = (node for node in own_nodes(statement.body) if isinstance(node, (gast.Try, gast.With)))
        if any(jumps_out_of([node]) for node in cleaning):
            # Cleaning up may fail on the way out: then the handler, and not the exit, decides how it goes on.
            for handler in changed.handlers:
                handler.body = [*(set_flag(inside.flags[kind], False, handler) for kind in kinds), *handler.body]
        return changed

    def _loop(self, statement: Any, region: _Region) -> tuple[Block, Block]:
        """A loop without continue and else, with its flag; and what then has to be done before going on."""
        around = tuple(region.flags.values())
        stopped = self.flags.new("stopped", around)
        flags = {**region.flags, "break": stopped, "continue": self.flags.new("skipped", (*around, stopped))}
        kinds = jumps_out_of(statement.body)
        leaving = frozenset({"return", "break"})
        setting = leaving if statement.orelse else frozenset({"return"})
        inside = _Region(flags, leaving, setting, region.ready - {"continue"} | {"break"}, False)
        loop = replaced(statement, body=self.block(statement.body, inside) or [gast.Pass()], orelse=[])
        ends = not is_endless(statement)
        after = self._dispatch(kinds & {"return"}, ends or "break" in kinds, region, statement)
        if ends and statement.orelse:
            if "break" in kinds:
                test = negated(flag_read(stopped, statement.orelse[0]))
                after.append(gast.copy_location(gast.If(test, statement.orelse, []), statement.orelse[0]))
            else:
                after.extend(statement.orelse)
        return [set_flag(stopped, False, statement), loop], after

    @staticmethod
    def _dispatch(kinds: set[str], may_go_on: bool, region: _Region, origin: gast.AST) -> Block:
        """The jumps that go on after a statement left by flags: one test for those that do the same."""
        ordered = [kind for kind in ("return", "break", "continue") if kind in kinds]
        groups = [[kind for kind in ordered if (kind in region.breaks) is leaves] for leaves in (True, False)]
        groups = [group for group in groups if group]
        result: Block = []
        for position, group in enumerate(groups):
            jump = located_at(_AGAIN[group[0]](None) if group[0] == "return" else _AGAIN[group[0]](), origin)
            if position == len(groups) - 1 and not may_go_on:
                result.append(jump)
            else:
                test = either([flag_read(region.flags[kind], origin) for kind in group])
                result.append(gast.copy_location(gast.If(located_at(test, origin), [jump], []), origin))
        return result
