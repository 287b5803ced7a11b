"""Classes of objects that may share memory: merged as assignments are met, never split."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(eq=False)
class ObjectClass:
    """The objects that one variable may refer to.

    ``inside`` is the class of what their elements refer to; an array's elements are views of itself.  A foreign
    class can be reached from outside of the function.  ``array`` and ``container`` may both hold.
    """

    merged_into: ObjectClass | None = None
    inside: ObjectClass | None = None
    foreign: bool = False
    array: bool = False
    container: bool = False


def resolve(item: ObjectClass) -> ObjectClass:
    """The class that ``item`` has become part of."""
    while item.merged_into is not None:
        item = item.merged_into
    return item


def merge(first: ObjectClass | None, second: ObjectClass | None) -> ObjectClass | None:
    """One class for both; None stands for numbers, which nobody can write into."""
    if first is None or second is None:
        return first if second is None else second
    pending = [(first, second)]
    while pending:
        a, b = (resolve(item) for item in pending.pop())
        if a is b:
            continue
        b.merged_into = a
        a.foreign |= b.foreign
        a.array |= b.array
        a.container |= b.container
        if a.inside is None:
            a.inside = b.inside
        elif b.inside is not None:
            pending.append((a.inside, b.inside))
        if a.inside is not None and (a.array or a.foreign):
            pending.append((a, a.inside))
    return resolve(first)


def inside(item: ObjectClass | None) -> ObjectClass | None:
    """The class of an object's elements."""
    if item is None:
        return None
    item = resolve(item)
    if item.array or item.foreign:
        return item
    if item.inside is None:
        item.inside = ObjectClass()
    return resolve(item.inside)


def part(item: ObjectClass | None) -> ObjectClass | None:
    """The class of a slice or attribute: a view, or a container of the same elements."""
    if item is None:
        return None
    item = resolve(item)
    item.array = True
    return merge(item, item.inside)


def new_array() -> ObjectClass:
    """A new array of numbers."""
    return ObjectClass(array=True)


def new_container(*elements: ObjectClass | None) -> ObjectClass:
    """A new list, tuple, set or dict with these elements."""
    found = ObjectClass(container=True)
    for element in elements:
        merge(inside(found), element)
    return found


def foreign(*, array: bool = False) -> ObjectClass:
    """An object from outside: an array of numbers if ``array`` says so, else anything."""
    return ObjectClass(foreign=True, array=True, container=not array)


def release(item: ObjectClass | None) -> None:
    """Let an object, and all that it reaches, be seen from outside."""
    if item is not None:
        part(item)
        found = resolve(item)
        found.foreign = found.container = True


class Constraints:
    """Merges that hold only for containers: an array copies what is stored, a list keeps it."""

    def __init__(self) -> None:
        self._stores: list[tuple[ObjectClass, ObjectClass]] = []
        self._copies: list[tuple[ObjectClass, ObjectClass]] = []

    def store(self, target: ObjectClass | None, value: ObjectClass | None) -> None:
        """``value`` becomes an element of ``target``."""
        if target is not None and value is not None:
            self._stores.append((target, value))

    def copy(self, source: ObjectClass | None) -> ObjectClass:
        """A new object that holds what ``source`` holds."""
        result = new_array()
        if source is not None:
            self._copies.append((source, result))
        return result

    def solve(self) -> None:
        """Apply the merges until nothing changes."""
        changed = True
        while changed:
            changed = False
            for source, result in self._copies:
                if resolve(source).container:
                    changed |= not resolve(result).container
                    resolve(result).container = True
                    changed |= _merged(inside(result), inside(source))
            for target, value in self._stores:
                if resolve(target).container:
                    changed |= _merged(inside(target), value)


def _merged(first: ObjectClass | None, second: ObjectClass | None) -> bool:
    """Merge two classes; whether they were two."""
    if first is None or second is None or resolve(first) is resolve(second):
        return False
    merge(first, second)
    return True
