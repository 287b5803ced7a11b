"""Which objects may still change in place under their names, so that a record of them must be a copy.

Before a loop ``x = np.cos(x); x[0] = v`` the object that x holds is safe, for x is bound anew first; before ``x += v``
it is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from srcgrad.differentiate.steps import Branch, Loop, Scope, Simple, Step
from srcgrad.syntax.build import names_assigned

Variables = frozenset[str]


@dataclass
class Alterations:
    """The variables whose objects may change in place before they are bound anew.

    ``before`` each loop, ``at_end`` of its trips, and ``after_side`` of a branch: its first (True) or second one.
    """

    before: dict[Loop, Variables] = field(default_factory=dict)
    at_end: dict[Loop, Variables] = field(default_factory=dict)
    after_side: dict[tuple[Branch, bool], Variables] = field(default_factory=dict)

    def at(self, place: Loop | tuple[Branch, bool]) -> Variables:
        """Those at the end of a loop's trips or of a side of a branch."""
        return self.at_end[place] if isinstance(place, Loop) else self.after_side[place]


def alterations(steps: Sequence[Step]) -> Alterations:
    """What may change in place from each point of a function on: one walk backwards, loops until they settle."""
    found = Alterations()
    _block(steps, frozenset(), frozenset(), found)
    return found


def _block(steps: Sequence[Step], after: Variables, outside: Variables, found: Alterations) -> Variables:
    """What may change from before the steps on; ``outside`` is what may change after a jump out of the loop."""
    for step in reversed(steps):
        match step:
            case Simple():
                changed = frozenset(overwrite.variable for overwrite in step.overwrites if not overwrite.whole)
                after = (after - step.assigned) | changed
            case Branch():
                found.after_side[step, True] = found.after_side[step, False] = after | outside
                after = _block(step.body, after, outside, found) | _block(step.orelse, after, outside, found)
            case Scope(body=body):
                after = _block(body, after, outside, found) | outside
            case Loop():
                after = _loop(step, after, outside, found)
    return after


def _loop(loop: Loop, after: Variables, outside: Variables, found: Alterations) -> Variables:
    bound = loop.targets | names_assigned(loop.before)
    at_end = after
    while True:
        head = _block(loop.body, at_end, outside | after, found) - bound
        if head <= at_end:
            break
        at_end |= head
    found.at_end[loop] = at_end | outside
    found.before[loop] = at_end | head
    return at_end | head
