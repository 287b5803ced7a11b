"""Rules for what takes, orders and looks up values."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.rules.registry import adjoint
from srcgrad.runtime import choose_adjoint, interp_adjoint, positions, scatter, select_adjoint, unsort


@adjoint(np.take, arguments=("a",))
def take(z_bar: Any, z: Any, a: Any, indices: Any, axis: Any = None, *, mode: Any = "raise") -> Any:
    if mode == "raise":
        return scatter(z_bar, np.take(positions(a), indices, axis), a.shape)
    return scatter(z_bar, np.take(positions(a), indices, axis, mode=mode), a.shape)


@adjoint(np.take_along_axis, arguments=("arr",))
def take_along_axis(z_bar: Any, z: Any, arr: Any, indices: Any, axis: Any = -1) -> Any:
    return scatter(z_bar, np.take_along_axis(positions(arr), indices, axis), arr.shape)


@adjoint(np.compress, arguments=("a",))
def compress(z_bar: Any, z: Any, condition: Any, a: Any, axis: Any = None) -> Any:
    return scatter(z_bar, np.compress(condition, positions(a), axis), a.shape)


@adjoint(np.extract, arguments=("arr",))
def extract(z_bar: Any, z: Any, condition: Any, arr: Any) -> Any:
    return scatter(z_bar, np.extract(condition, positions(arr)), arr.shape)


@adjoint(np.delete, arguments=("arr",))
def delete(z_bar: Any, z: Any, arr: Any, obj: Any, axis: Any = None) -> Any:
    return scatter(z_bar, np.delete(positions(arr), obj, axis), arr.shape)


@adjoint(np.insert, arguments=("arr", "values"))
def insert(z_bar: Any, z: Any, arr: Any, obj: Any, values: Any, axis: Any = None) -> Any:
    # -1 stands for what comes from the other array.
    from_values = np.insert(np.full(arr.shape, -1), obj, positions(values), axis)
    return (
        scatter(z_bar, np.insert(positions(arr), obj, -1, axis), arr.shape),
        scatter(z_bar, from_values, np.shape(values)),
    )


@adjoint(np.trim_zeros, kinds="1d")
def trim_zeros(z_bar: Any, z: Any, filt: Any, trim: str = "fb") -> Any:
    start = np.argmax(filt != 0) if "f" in trim.lower() else 0
    return np.concatenate((np.zeros_like(filt[:start]), z_bar, np.zeros_like(filt[start + len(z) :])))


# Equal values share the adjoint, whatever order the sort leaves them in.


@adjoint(np.sort)
def sort(z_bar: Any, z: Any, a: Any, axis: Any = -1, kind: Any = None, *, stable: Any = None) -> Any:
    return unsort(z_bar, a, axis)


@adjoint(np.partition, arguments=("a",))
def partition(z_bar: Any, z: Any, a: Any, kth: Any, axis: int = -1) -> Any:
    return unsort(np.take_along_axis(z_bar, np.argsort(z, axis), axis), a, axis)


@adjoint(np.select, arguments=("choicelist", "default"))
def select(z_bar: Any, z: Any, condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    choices_bar, default_bar = select_adjoint(z_bar, condlist, choicelist, default)
    return choices_bar, default_bar


@adjoint(np.choose, arguments=("choices",))
def choose(z_bar: Any, z: Any, a: Any, choices: Any) -> Any:
    return choose_adjoint(z_bar, a, choices)


@adjoint(np.bincount, arguments=("weights",))
def bincount(z_bar: Any, z: Any, x: Any, weights: Any = None, minlength: int = 0) -> Any:
    if weights is None:
        return None
    return z_bar[x]


@adjoint(np.interp)
def interp(z_bar: Any, z: Any, x: Any, xp: Any, fp: Any) -> Any:
    x_bar = interp_adjoint("x", z_bar, x, xp, fp)
    return x_bar, interp_adjoint("xp", z_bar, x, xp, fp), interp_adjoint("fp", z_bar, x, xp, fp)
