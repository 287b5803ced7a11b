"""Joins: the least kind that covers two kinds, and changes to all lengths inside a kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import numpy as np

from srcgrad.analyse.kinds import symbols
from srcgrad.kind import (
    ANY_LENGTH,
    Array,
    Constant,
    DictOf,
    Dimension,
    Function,
    Instance,
    Iterator,
    Kind,
    Maybe,
    Number,
    Opaque,
    Range,
    Scalar,
    SequenceOf,
    Text,
    TupleOf,
    Unreachable,
)

Path = tuple[object, ...]
# Names the length at one place of a joined kind; None inside containers, whose elements' lengths may all differ.
Fresh = Callable[[Path], str] | None

NONE = Constant(None)
_DEEPEST = 8


@lru_cache(maxsize=1024)
def join_dtypes(left: str, right: str) -> str:
    """The number type that holds both."""
    if left == right:
        return left
    try:
        return np.promote_types(left, right).name
    except TypeError:
        return "object"


def join(left: Kind, right: Kind, fresh: Fresh = None, path: Path = ()) -> Kind:
    """The least kind that covers two kinds; ``fresh`` names lengths that are one or the other."""
    if left is right:
        return left
    if isinstance(left, Unreachable):
        return right
    if isinstance(right, Unreachable):
        return left
    if type(left) is type(right):
        if left == right and not _hides_difference(left, right):
            return left
        return _JOINS[type(left)](left, right, fresh, path) if len(path) < _DEEPEST else Opaque()
    if is_text(left) and is_text(right):
        return Text()
    if isinstance(left, (Scalar, Array, Number)) and isinstance(right, (Scalar, Array, Number)):
        return _join_number_with_array(left, right, fresh, path)
    if left == NONE or right == NONE or isinstance(left, Maybe) or isinstance(right, Maybe):
        inner = join(_without_none(left), _without_none(right), fresh, path)
        return inner if isinstance(inner, (Opaque, Maybe, Unreachable)) else Maybe(inner)
    if isinstance(left, (TupleOf, SequenceOf)) and isinstance(right, (TupleOf, SequenceOf)):
        return _join_sequences(as_sequence(left), as_sequence(right), fresh, path)
    if isinstance(left, (Iterator, Range)) and isinstance(right, (Iterator, Range)):
        return Iterator(join(_item(left), _item(right)))
    return Opaque()


def as_sequence(kind: TupleOf | SequenceOf) -> SequenceOf:
    """A tuple as a sequence whose length is known."""
    if isinstance(kind, SequenceOf):
        return kind
    return SequenceOf(join_all(kind.elements), kind.cls, kind.elements)


def join_all(kinds: tuple[Kind, ...] | list[Kind]) -> Kind:
    """What covers all elements of a container; lengths that differ become ANY_LENGTH."""
    result: Kind = Unreachable()
    for kind in kinds:
        result = join(result, kind)
    return forget_values(result)


def forget_values(kind: Kind) -> Kind:
    """The kind without the constant and the symbol of a number: as an element among others."""
    if isinstance(kind, Scalar) and (kind.value is not None or kind.symbol is not None):
        return Scalar(kind.dtype, kind.python)
    return kind


def is_text(kind: Kind) -> bool:
    """Whether a value is a string."""
    return isinstance(kind, Text) or (isinstance(kind, Constant) and isinstance(kind.value, str))


def without_none(kind: Kind) -> Kind:
    """A kind where None would have been an error."""
    return kind.kind if isinstance(kind, Maybe) else kind


def _without_none(kind: Kind) -> Kind:
    return Unreachable() if kind == NONE else without_none(kind)


def _hides_difference(left: Kind, right: Kind) -> bool:
    """Whether equality is not enough: 0.0 equals -0.0, and which object it is does not count."""
    if isinstance(left, Scalar):
        return isinstance(left.value, (float, complex)) and left.value == 0
    return isinstance(left, Instance) and isinstance(right, Instance) and left.value is not right.value


def _item(kind: Kind) -> Kind:
    return kind.element if isinstance(kind, Iterator) else Scalar("int64", True)


def _join_scalars(left: Scalar, right: Scalar, fresh: Fresh, path: Path) -> Kind:
    dtype = join_dtypes(left.dtype, right.dtype)
    python = left.python if left.python == right.python else None
    if left.dtype != right.dtype:
        return Scalar(dtype, python)
    same = left.value is not None and repr(left.value) == repr(right.value)
    symbol = left.symbol if left.symbol == right.symbol else None
    if symbol is None and not same and fresh is not None and left.dtype.startswith("int"):
        symbol = fresh(path)
    return Scalar(dtype, python, left.value if same else None, symbol)


def _join_arrays(left: Array, right: Array, fresh: Fresh, path: Path) -> Array:
    dtype = join_dtypes(left.dtype, right.dtype)
    if left.dims is None or right.dims is None or len(left.dims) != len(right.dims):
        return Array(dtype, None)
    dims: list[Dimension] = []
    for axis, (one, other) in enumerate(zip(left.dims, right.dims, strict=True)):
        if one == other:
            dims.append(one)
        else:
            dims.append(ANY_LENGTH if fresh is None else fresh((*path, axis)))
    return Array(dtype, tuple(dims))


def _join_number_with_array(
    left: Scalar | Array | Number, right: Scalar | Array | Number, fresh: Fresh, path: Path
) -> Kind:
    """A number on one side, an array (or what may be one) on the other or on both."""
    dtype = join_dtypes(left.dtype, right.dtype)
    shapes = [kind.dims for kind in (left, right) if not isinstance(kind, Scalar)]
    if len(shapes) == 1:
        return Number(dtype, shapes[0])
    both = _join_arrays(Array(dtype, shapes[0]), Array(dtype, shapes[1]), fresh, path)
    return Number(dtype, both.dims)


def _join_numbers(left: Number, right: Number, fresh: Fresh, path: Path) -> Kind:
    return _join_number_with_array(left, right, fresh, path)


def _join_tuples(left: TupleOf, right: TupleOf, fresh: Fresh, path: Path) -> Kind:
    if left.cls is not right.cls or len(left.elements) != len(right.elements):
        return _join_sequences(as_sequence(left), as_sequence(right), fresh, path)
    pairs = enumerate(zip(left.elements, right.elements, strict=True))
    return TupleOf(tuple(join(one, other, fresh, (*path, index)) for index, (one, other) in pairs), left.cls)


def _join_sequences(left: SequenceOf, right: SequenceOf, fresh: Fresh, path: Path) -> Kind:
    elements = None
    if left.elements is not None and right.elements is not None and len(left.elements) == len(right.elements):
        pairs = enumerate(zip(left.elements, right.elements, strict=True))
        elements = tuple(join(one, other, fresh, (*path, index)) for index, (one, other) in pairs)
    element = forget_values(join(left.element, right.element, None, (*path, "element")))
    if left.cls is not right.cls and not (issubclass(left.cls, tuple) and issubclass(right.cls, tuple)):
        # A list here, a tuple there: it is only known that both can be read by position.
        return SequenceOf(element, object, elements, left.sites | right.sites)
    return SequenceOf(element, left.cls if left.cls is right.cls else tuple, elements, left.sites | right.sites)


def _join_dicts(left: DictOf, right: DictOf, fresh: Fresh, path: Path) -> Kind:
    entries = None
    if left.entries is not None and right.entries is not None:
        merged = dict(left.entries)
        for key, kind in right.entries:
            merged[key] = join(merged.get(key, Unreachable()), kind, fresh, (*path, key))
        entries = tuple(merged.items())
    exact = (
        left.exact
        and right.exact
        and entries is not None
        and len(entries) == len(left.entries or ()) == len(right.entries or ())
    )
    element = forget_values(join(left.element, right.element, None, (*path, "element")))
    return DictOf(element, entries, join(left.key, right.key), left.sites | right.sites, exact)


def _join_instances(left: Instance, right: Instance, fresh: Fresh, path: Path) -> Kind:
    if left.cls is not right.cls:
        return Opaque()
    merged = dict(left.attributes)
    for name, kind in right.attributes:
        merged[name] = join(merged.get(name, Unreachable()), kind, fresh, (*path, name))
    value = left.value if left.value is right.value else None
    return Instance(left.cls, tuple(merged.items()), value, left.sites | right.sites)


def _join_functions(left: Function, right: Function, fresh: Fresh, path: Path) -> Kind:
    if left.bound != right.bound or len(left.leading) != len(right.leading):
        return Opaque()
    if [name for name, _ in left.keywords] != [name for name, _ in right.keywords]:
        return Opaque()
    targets = list(left.targets)
    targets.extend(target for target in right.targets if not any(target is other for other in targets))
    leading = tuple(
        join(one, other, fresh, (*path, index))
        for index, (one, other) in enumerate(zip(left.leading, right.leading, strict=True))
    )
    keywords = tuple(
        (name, join(one, other, fresh, (*path, name)))
        for (name, one), (_, other) in zip(left.keywords, right.keywords, strict=True)
    )
    return Function(tuple(targets), left.bound, leading, keywords)


_JOINS: dict[type[Kind], Callable[..., Kind]] = {
    Scalar: _join_scalars,
    Array: _join_arrays,
    Number: _join_numbers,
    TupleOf: _join_tuples,
    SequenceOf: _join_sequences,
    DictOf: _join_dicts,
    Instance: _join_instances,
    Function: _join_functions,
    Maybe: lambda left, right, fresh, path: join(NONE, join(left.kind, right.kind, fresh, path)),
    Constant: lambda left, right, fresh, path: Text() if is_text(left) and is_text(right) else Opaque(),
    Text: lambda left, right, fresh, path: left,
    Opaque: lambda left, right, fresh, path: left,
    Range: lambda left, right, fresh, path: left,
    Iterator: lambda left, right, fresh, path: Iterator(join(left.element, right.element)),
}

# Gives the length to write for one length at one place; None as a result leaves a number without symbol.
Change = Callable[[Dimension, Path], Dimension | None]


def change_lengths(kind: Kind, change: Change, path: Path = ()) -> Kind:
    """The kind with every length and every number's symbol replaced."""
    match kind:
        case Array(dims=dims) | Number(dims=dims) if dims:
            changed = tuple(change(dim, (*path, axis)) for axis, dim in enumerate(dims))
            return kind if changed == dims else replace(kind, dims=tuple(_known(dim) for dim in changed))
        case Scalar(symbol=symbol) if symbol is not None:
            new = change(symbol, path)
            if new == symbol:
                return kind
            return replace(kind, symbol=None if new == ANY_LENGTH or new is None else str(new))
        case TupleOf(elements=elements):
            return _rebuilt(kind, "elements", elements, _change_each(elements, change, path))
        case SequenceOf(element=element, elements=elements):
            new_element = change_lengths(element, change, (*path, "element"))
            new_elements = None if elements is None else _change_each(elements, change, path)
            if new_element is element and (elements is None or _same(elements, new_elements)):
                return kind
            return replace(kind, element=new_element, elements=new_elements)
        case DictOf(element=element, entries=entries):
            new_entries = None if entries is None else _change_named(entries, change, path)
            return replace(kind, element=change_lengths(element, change, (*path, "element")), entries=new_entries)
        case Instance(attributes=attributes) if attributes:
            return replace(kind, attributes=_change_named(attributes, change, path))
        case Maybe(kind=inner):
            return _rebuilt(kind, "kind", inner, change_lengths(inner, change, path))
        case Iterator(element=element):
            return _rebuilt(kind, "element", element, change_lengths(element, change, (*path, "element")))
        case Function(leading=leading, keywords=keywords) if leading or keywords:
            return replace(
                kind, leading=_change_each(leading, change, path), keywords=_change_named(keywords, change, path)
            )
    return kind


def _known(dim: Dimension | None) -> Dimension:
    return ANY_LENGTH if dim is None else dim


def _same(old: tuple[Kind, ...], new: tuple[Kind, ...] | None) -> bool:
    return new is not None and all(one is other for one, other in zip(old, new, strict=True))


def _rebuilt(kind: Kind, field: str, old: object, new: object) -> Kind:
    unchanged = old is new or (isinstance(old, tuple) and isinstance(new, tuple) and _same(old, new))
    return kind if unchanged else replace(kind, **{field: new})


def _change_each(kinds: tuple[Kind, ...], change: Change, path: Path) -> tuple[Kind, ...]:
    return tuple(change_lengths(kind, change, (*path, index)) for index, kind in enumerate(kinds))


def _change_named(kinds: tuple[tuple[str, Kind], ...], change: Change, path: Path) -> tuple[tuple[str, Kind], ...]:
    return tuple((name, change_lengths(kind, change, (*path, name))) for name, kind in kinds)


def as_element(kind: Kind) -> Kind:
    """A kind as it is put into a container: what only this moment's unknowns say of lengths is dropped."""
    return forget_values(change_lengths(kind, lambda dim, _: ANY_LENGTH if symbols.unknowns(dim) else dim))


def from_element(kind: Kind, fresh: Callable[[Path], str]) -> Kind:
    """A kind as it is taken out of a container: lengths that were not known get names."""
    return change_lengths(kind, lambda dim, path: fresh(path) if dim == ANY_LENGTH else dim)


def keeps_kind(container: SequenceOf, index: Kind, kind: Kind) -> bool:
    """Whether an element is replaced by one of its own kind, so that all that is known of the list stays true."""
    elements = container.elements
    if elements is None or not isinstance(index, Scalar) or not isinstance(index.value, int):
        return False
    if not -len(elements) <= index.value < len(elements):
        return False
    # What is known of the element itself, such as its value, would no longer be true.
    return elements[index.value] == as_element(elements[index.value]) == as_element(kind)
