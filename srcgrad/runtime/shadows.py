"""Shadows: the adjoint of a piece of memory, found from whatever array lies in it.

A table holds one shadow for each buffer, of the buffer's own layout, and one mirror for each container, by the
identity of the object that it belongs to (which is kept alive beside it).  The shadow of a view is the same view of
the shadow, so that it does not matter under how many names a program reaches an array.
"""

from __future__ import annotations

import types
from typing import Any

import numpy as np

from srcgrad.errors import UnsupportedError
from srcgrad.runtime.containers import attributes_of, is_array, owner_of


def shadow_of(shadows: dict[int, tuple[Any, Any]], value: Any) -> Any:
    """The shadow of an array, as a view of that of its buffer, or the mirror of a container; zero at first.

    >>> a, shadows = np.zeros((2, 3)), {}
    >>> shadow_of(shadows, a.T)[2] += 1.0
    >>> shadow_of(shadows, a)
    array([[0., 0., 1.],
           [0., 0., 1.]])
    """
    if not isinstance(value, np.ndarray):
        if is_array(value):
            raise UnsupportedError(
                f"views that a program writes into are followed in arrays of NumPy only, not in {type(value).__name__}",
                advice="write into copies: b = a.copy()",
            )
        return _mirror_of(shadows, value)
    owner = owner_of(value)
    if value.dtype != owner.dtype:
        raise UnsupportedError(
            "an array that a program writes into is reached as an array of another dtype",
            advice="write into a copy of it, and assign that",
        )
    if any(stride == 0 and length > 1 for stride, length in zip(value.strides, value.shape, strict=True)):
        raise UnsupportedError(
            "one element of an array that a program writes into is shown at several places of a broadcast view",
            advice="make the view after the last write, or take a copy of it",
        )
    low, high = np.lib.array_utils.byte_bounds(owner)
    if id(owner) not in shadows:
        shadows[id(owner)] = owner, np.zeros(max(high - low, 0), np.uint8)
    offset = value.__array_interface__["data"][0] - low if value.size else 0
    return np.ndarray(value.shape, value.dtype, shadows[id(owner)][1].data, offset, value.strides)


def _mirror_of(shadows: dict[int, tuple[Any, Any]], value: Any) -> Any:
    """The mirror of a container: its numbers have adjoints there, arrays and containers inside have their own."""
    if id(value) not in shadows:
        if isinstance(value, dict):
            mirror: Any = {key: _zero(item) for key, item in value.items()}
        elif isinstance(value, (list, tuple)):
            mirror = [_zero(item) for item in value]
        else:
            mirror = types.SimpleNamespace(**{name: _zero(item) for name, item in attributes_of(value).items()})
        shadows[id(value)] = value, mirror
    return shadows[id(value)][1]


def _zero(item: Any) -> Any:
    """The adjoint of a number, None for all else."""
    if isinstance(item, (bool, np.bool_)) or not isinstance(item, (int, float, complex, np.number)):
        return None
    return 0j if isinstance(item, (complex, np.complexfloating)) else 0.0


def shadows_in(shadows: dict[int, tuple[Any, Any]], value: Any) -> Any:
    """The adjoint of a value with all that is inside: its shadow, a mirror with the shadows of the parts.

    >>> a, shadows = np.zeros(2), {}
    >>> shadow_of(shadows, a)[0] = 3.0
    >>> shadows_in(shadows, [a, a[:1], "name"])
    [array([3., 0.]), array([3.]), None]
    """
    if is_array(value):
        return shadow_of(shadows, value) if value.dtype.kind in "fc" else None
    if isinstance(value, tuple):
        return [shadows_in(shadows, item) for item in value]
    if isinstance(value, list):
        mirror = _mirror_of(shadows, value)
        return [_part(shadows, item, own) for item, own in zip(value, mirror, strict=True)]
    if isinstance(value, dict):
        mirror = _mirror_of(shadows, value)
        return {key: _part(shadows, item, mirror.get(key)) for key, item in value.items()}
    attributes = attributes_of(value)
    if not attributes:
        return None
    own = vars(_mirror_of(shadows, value))
    parts = {name: _part(shadows, item, own.get(name)) for name, item in attributes.items()}
    return types.SimpleNamespace(**parts)


def _part(shadows: dict[int, tuple[Any, Any]], item: Any, own: Any) -> Any:
    return own if own is not None else shadows_in(shadows, item)


def add_to_shadows(shadows: dict[int, tuple[Any, Any]], value: Any, adjoint: Any) -> None:
    """Add an adjoint of a container to the shadows of its parts.

    >>> a, shadows = np.zeros(2), {}
    >>> add_to_shadows(shadows, (a, a), (1.0, 2.0))
    >>> shadow_of(shadows, a)
    array([3., 3.])
    """
    if adjoint is None or (np.isscalar(adjoint) and not is_array(value)):
        return
    if is_array(value):
        if value.dtype.kind in "fc":
            shadow_of(shadows, value)[...] += adjoint
        return
    if isinstance(value, dict):
        places = [(key, item, adjoint.get(key)) for key, item in value.items()]
    elif isinstance(value, (list, tuple)):
        places = [(place, item, adjoint[place]) for place, item in enumerate(value)]
    else:
        places = [(name, item, getattr(adjoint, name, None)) for name, item in attributes_of(value).items()]
    mirror = None if isinstance(value, tuple) else _mirror_of(shadows, value)
    entries = vars(mirror) if isinstance(mirror, types.SimpleNamespace) else mirror
    for place, item, part in places:
        if entries is not None and _zero(item) is not None:
            entries[place] += 0.0 if part is None else part
        else:
            add_to_shadows(shadows, item, part)

