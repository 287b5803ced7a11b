"""Which writes into arrays destroy something that the reverse sweep still reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from srcgrad.analyse.inequalities import Linear, contradictory
from srcgrad.analyse.memory import Memory
from srcgrad.differentiate.bounds import increment_of, index_symbol
from srcgrad.differentiate.shared import simple_steps
from srcgrad.differentiate.steps import Branch, Loop, Overwrite, Scope, Simple, Steps
from srcgrad.differentiate.touches import Touch, restored_part, touches
from srcgrad.kind import Array

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import Kinds

# Pairs of a read and a write: beyond so many for one array, all its writes are taken to matter.
_MOST_PAIRS = 2000


def drop_idle_overwrites(steps: Steps, parameters: Iterable[str], kinds: Kinds, memory: Memory) -> None:
    """Take from each step the overwrites of elements that no reversal of the step itself, or of an earlier one, reads.

    In ::

        for k in range(n):
            for i in range(k + 1, n):
                for j in range(k + 1, n):
                    A[i, j] -= A[i, k] * A[k, j]

    the reversal reads row k and column k, which no later trip writes: nothing is overwritten that matters.  An array
    that can be reached under several names (``memory``) keeps all of its overwrites.
    """
    parameters = list(parameters)
    entangled = memory.variables.union(*memory.viewers)
    variables = _single_buffers(steps, parameters, kinds) - entangled
    if not variables:
        return
    found: dict[str, tuple[list[Touch], list[Touch]]] = defaultdict(lambda: ([], []))
    for touch in touches(steps, variables, parameters, kinds):
        found[touch.variable][touch.overwrite is not None].append(touch)
    few = [(reads, writes) for reads, writes in found.values() if len(reads) * len(writes) <= _MOST_PAIRS]
    idle: set[Overwrite] = set()
    renewed: set[Simple] = set()
    for reads, writes in few:
        renewed |= _better_renewed(reads, writes, renewed)
    for reads, writes in few:
        own = _own_parts(writes)
        active = [read for read in reads if _is_active(read, renewed)]
        idle |= {
            write.overwrite
            for write in writes
            if write.overwrite is not None and not any(_meet(read, write, own) for read in active)
        }
    for step in simple_steps(steps):
        step.overwrites = [overwrite for overwrite in step.overwrites if overwrite not in idle]
        if step in renewed:
            step.early, step.adjoint = step.renewed, []


def _better_renewed(reads: list[Touch], writes: list[Touch], before: set[Simple]) -> set[Simple]:
    """The steps whose reversal, where it reads the element that they wrote, needs no record of what was there.

    All else that it reads of the array must be other elements, which are then as they were.
    """
    found: set[Simple] = set()
    own = _own_parts(writes)
    for write in writes:
        step = write.step
        if step is None or not step.renewed:
            continue
        mine = [read for read in reads if read.step is step and read.renewed]
        others = [read for read in reads if read.step is not step and _is_active(read, before | found)]
        apart = all(read.text == write.text or _apart(read, write, len(write.context.loops), []) for read in mine)
        if apart and not any(_meet(read, write, own) for read in (*mine, *others)):
            found.add(step)
    return found


def _is_active(read: Touch, renewed: set[Simple]) -> bool:
    """Whether a read belongs to the adjoint that its step has."""
    return read.step is None or (read.step in renewed) == read.renewed


def _own_parts(writes: list[Touch]) -> set[tuple[int, str]]:
    """Where each part is put back."""
    return {(write.position, write.text) for write in writes if write.extents is not None}


def _single_buffers(steps: Steps, parameters: list[str], kinds: Kinds) -> frozenset[str]:
    """Variables that hold one array throughout, of which each write is put back by one assignment to the part."""
    written: set[str] = set()
    excluded: set[str] = set()
    bound: dict[str, int] = dict.fromkeys(parameters, 1)
    for step in simple_steps(steps):
        for variable in step.assigned:
            bound[variable] = bound.get(variable, 0) + 1
        for overwrite in step.overwrites:
            if overwrite.whole:
                continue
            written.add(overwrite.variable)
            if restored_part(overwrite) is None:
                excluded.add(overwrite.variable)
    once = {variable for variable in written if bound.get(variable) == 1}
    arrays = {variable for variable in once if isinstance(kinds.variables.get(variable), Array)}
    return frozenset(arrays - excluded - _bound_in_loops(steps))


def _bound_in_loops(steps: Steps) -> set[str]:
    """The variables that are assigned inside of loops."""
    found: set[str] = set()
    for step in steps:
        match step:
            case Loop(body=body, targets=targets):
                found |= targets
                found.update(*(inner.assigned for inner in simple_steps(body)))
                found |= _bound_in_loops(body)
            case Branch(body=body, orelse=orelse):
                found |= _bound_in_loops([*body, *orelse])
            case Scope(body=body):
                found |= _bound_in_loops(body)
            case _:
                pass
    return found


def _meet(read: Touch, write: Touch, own: set[tuple[int, str]]) -> bool:
    """Whether a write may destroy an element that a read needs: one of the same trip, or of an earlier one."""
    if not read.early and (read.position, read.text) in own:
        # The step puts this very part back before it reads it: what others did to it does not matter.
        return read.position == write.position and read.text == write.text
    common = 0
    for one, other in zip(read.context.loops, write.context.loops):
        if one is not other:
            break
        common += 1
    for equal in range(common + 1):
        if equal == common:
            is_later = write.position > read.position or (write.position == read.position and not read.early)
            order: list[Linear] = []
            if not is_later:
                continue
        else:
            order = _later(read, write, equal)
        if not _apart(read, write, equal, order):
            return True
    return False


def _later(read: Touch, write: Touch, depth: int) -> list[Linear]:
    """That the write happens in a later trip of the loop at ``depth`` than the read."""
    loop = write.context.loops[depth]
    increment = increment_of(loop)
    if not increment or index_symbol(loop) not in write.context.depths:
        return []
    index = Linear({index_symbol(loop): 1})
    grown = _of(write, index, depth).minus(_of(read, index, depth))
    return [(grown if increment > 0 else grown.times(-1)).shifted(-abs(increment))]


def _of(touch: Touch, value: Linear, equal: int) -> Linear:
    """A value at one of two touches whose outermost ``equal`` loops are in the same trip: its symbols told apart."""
    side = "written" if touch.overwrite is not None else "read"
    depths = touch.context.depths
    return value.renamed(lambda symbol: symbol if depths.get(symbol, 0) <= equal else f"{symbol}, {side}")


def _apart(read: Touch, write: Touch, equal: int, order: list[Linear]) -> bool:
    """Whether two touches surely have no element in common."""
    facts = [_of(touch, fact, equal) for touch in (read, write) for fact in touch.context.facts]
    facts += order
    if read.extents is None or write.extents is None:
        return contradictory(facts)
    for mine, other in zip(read.extents, write.extents):
        for (first, _), one, (_, last), two in ((mine, read, other, write), (other, write, mine, read)):
            if first is not None and last is not None:
                facts.append(_of(two, last, equal).minus(_of(one, first, equal)))
    return contradictory(facts)
