"""Shared objects: what a write changes under one name, it changes under all names of the same object."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from srcgrad.analyse.memory import Memory
from srcgrad.differentiate.steps import Branch, Loop, Overwrite, Scope, Simple, Steps
from srcgrad.kind import Array, Constant, Function, Kind, Number, Range, Scalar
from srcgrad.syntax.build import call, method


def note_shared(
    steps: Steps, others: Callable[[str], Iterable[str]], kind_of: Callable[[str], Kind], memory: Memory
) -> None:
    """Let every step that changes an object in place say so for each variable that may hold it or a part of it.

    ``others`` gives these variables for the one that the step names.  Each is saved as a whole where it is needed:
    the reverse sweep then reads a copy, which nothing changes.  Of memory, all that is changed is put back in place.
    """
    for step in simple_steps(steps):
        changed = {overwrite.variable for overwrite in step.overwrites}
        for overwrite in list(step.overwrites):
            if overwrite.whole or overwrite.variable in memory.tokens:
                continue
            for variable in sorted(set(others(overwrite.variable)) - changed - step.assigned):
                kind = kind_of(variable)
                if isinstance(kind, Scalar | Constant | Function | Range):
                    continue
                saved = method(variable, "copy") if isinstance(kind, Array | Number) else call("own_copy", variable)
                step.overwrites.append(Overwrite(variable, saved, whole=False))
                changed.add(variable)


def simple_steps(steps: Steps) -> Iterable[Simple]:
    """The simple steps of a block, those inside others included."""
    for step in steps:
        match step:
            case Simple():
                yield step
            case Branch(body=body, orelse=orelse):
                yield from simple_steps(body)
                yield from simple_steps(orelse)
            case Loop(body=body) | Scope(body=body):
                yield from simple_steps(body)
