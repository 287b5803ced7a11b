"""Sample calls of every function with a rule, away from kinks: (function, arguments, options)."""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

_generator = np.random.default_rng(20240613)


@dataclass(frozen=True)
class Sample:
    """One call of a function."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    options: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        shapes = ", ".join(_describe(argument) for argument in self.arguments)
        options = "".join(f", {name}={value}" for name, value in self.options.items())
        return f"{getattr(self.function, '__name__', self.function)}({shapes}{options})"


def _describe(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"{value.dtype.kind}{value.shape}"
    if isinstance(value, (list, tuple)) and any(isinstance(item, np.ndarray) for item in value):
        return "[" + ", ".join(_describe(item) for item in value) + "]"
    return repr(value)


def real(*shape: int, low: float = -1.5, high: float = 1.5) -> Any:
    """Random numbers at least 0.02 apart, in random order: no ties, no kinks near."""
    size = math.prod(shape)
    grid = np.linspace(low, high, size + 2)[1:-1]
    spread = (high - low) / (size + 1)
    return _generator.permutation(grid + _generator.uniform(-0.3, 0.3, size) * spread).reshape(shape)


def complex_(*shape: int) -> Any:
    """Random complex numbers."""
    return real(*shape) + 1j * real(*shape)


def positive(*shape: int) -> Any:
    """Random numbers between 0.3 and 2."""
    return real(*shape, low=0.3, high=2.0)


def definite(n: int, *stack: int) -> Any:
    """Symmetric positive definite matrices."""
    a = _generator.normal(size=(*stack, n, n))
    return a @ np.swapaxes(a, -1, -2) + n * np.eye(n)


def with_nan(a: Any, *indices: Any) -> Any:
    """An array with NaN at some places."""
    a = a.copy()
    for index in indices:
        a[index] = np.nan
    return a


def _elementwise() -> list[Sample]:
    samples = []
    unrestricted = [np.negative, np.positive, np.square, np.exp, np.exp2, np.expm1, np.sin, np.cos, np.sinh, np.cosh]
    unrestricted += [np.tanh, np.arctan, np.arcsinh, np.sinc]
    for function in unrestricted:
        samples += [Sample(function, (value,)) for value in (0.7, real(), real(4), real(2, 3), complex_(3))]
    for function in (np.reciprocal, np.log, np.sqrt, np.tan):
        samples += [Sample(function, (value,)) for value in (0.7, positive(4), positive(2, 3), complex_(3))]
    for function in (np.log2, np.log10, np.log1p):
        samples += [Sample(function, (value,)) for value in (0.7, positive(4))]
    for function in (np.cbrt, np.fabs, np.deg2rad, np.rad2deg, np.radians, np.degrees):
        samples += [Sample(function, (value,)) for value in (0.7, real(4), real(2, 3))]
    for function in (np.arcsin, np.arccos, np.arctanh):
        samples += [Sample(function, (value,)) for value in (0.3, real(4, low=-0.8, high=0.8))]
    samples += [Sample(np.arccosh, (1.5 + positive(3),)), Sample(np.arccosh, (2.5,))]
    for function in (np.absolute, np.sign, np.real, np.imag, np.angle, np.conjugate, builtins.abs):
        samples += [Sample(function, (value,)) for value in (-0.7, 0.4 - 0.3j, real(4), complex_(2, 3))]
    samples += [Sample(np.angle, (complex_(3),), {"deg": True}), Sample(np.unwrap, (6.0 * real(6),))]
    samples += [Sample(np.nan_to_num, (with_nan(real(5), 2),)), Sample(np.nan_to_num, (real(3),), {"nan": 7.0})]
    for scalar in (np.float16, np.float32, np.float64, np.longdouble, np.complex64, np.complex128):
        if scalar in (np.float64, np.longdouble, np.complex128):
            samples.append(Sample(scalar, (0.7,)))
    return samples


def _pairs() -> list[Sample]:
    samples = []
    shapes = [((), ()), ((3,), (3,)), ((2, 3), (3,)), ((2, 1, 2), (3, 1)), ((4,), ())]
    for function in (np.add, np.subtract, np.multiply, np.divide, np.arctan2, np.hypot, np.logaddexp, np.logaddexp2):
        samples += [Sample(function, (real(*x), positive(*y))) for x, y in shapes]
    for function in (np.maximum, np.minimum, np.fmax, np.fmin, np.copysign, np.remainder, np.fmod, np.divmod):
        samples += [Sample(function, (3.0 * real(*x), positive(*y))) for x, y in shapes]
    for function in (np.add, np.subtract, np.multiply, np.divide):
        samples += [Sample(function, (complex_(2, 3), complex_(3))), Sample(function, (real(3), complex_(3)))]
        samples += [Sample(function, (0.7, -1.3)), Sample(function, (0.7, real(3)))]
    for function in (np.power, np.float_power, builtins.pow):
        samples += [Sample(function, (positive(*x), real(*y))) for x, y in shapes]
        samples += [Sample(function, (real(3), n)) for n in (2, 3, 1, 0)] + [Sample(function, (positive(3), -2.0))]
    samples += [Sample(np.power, (complex_(3), complex_(3))), Sample(np.heaviside, (real(4), real(4)))]
    samples += [Sample(np.nextafter, (real(4), 2.0)), Sample(np.real_if_close, (real(4),))]
    samples += [Sample(np.fmax, (with_nan(real(4), 1), with_nan(real(4), 2)))]
    samples += [Sample(np.fmin, (with_nan(real(4), 1), with_nan(real(4), 2)))]
    samples += [Sample(np.modf, (np.array([0.3, -1.6, 2.4]),)), Sample(np.frexp, (0.3 + 5.0 * positive(3),))]
    samples += [Sample(np.ldexp, (real(3), np.array([1, -2, 0])))]
    for low, high in ((-0.4, 0.5), (None, 0.3), (-0.3, None), (real(4) - 1.0, real(4) + 1.0), (0.5, -0.5)):
        samples += [Sample(np.clip, (2.0 * real(3, 4), low, high))]
    samples += [Sample(np.clip, (0.7, -0.5, 0.5)), Sample(np.clip, (real(3), None, None))]
    samples += [Sample(np.clip, (real(3),), {"min": -0.3, "max": 0.4}), Sample(np.clip, (real(3),), {"max": 0.4})]
    condition = np.array([[True], [False]])
    samples += [Sample(np.where, (condition, real(3), real(2, 1))), Sample(np.where, (True, 0.3, 0.4))]
    samples += [Sample(np.where, (np.array([True, False]), 0.3, real(2)))]
    return samples


def _reductions() -> list[Sample]:
    samples = []
    plain = [np.sum, np.mean, np.prod, np.max, np.min, np.amax, np.amin, np.ptp, np.var, np.std, np.median]
    nans = [np.nansum, np.nanmean, np.nanprod, np.nanmax, np.nanmin, np.nanvar, np.nanstd, np.nanmedian]
    forms: list[dict[str, Any]] = [{}, {"axis": 0}, {"axis": -1}, {"axis": 1, "keepdims": True}, {"axis": (0, 2)}]
    forms += [{"axis": (2, -2), "keepdims": True}, {"keepdims": True}]
    for function in plain:
        samples += [Sample(function, (real(2, 3, 2),), form) for form in forms]
        samples += [Sample(function, (real(5),)), Sample(function, (real(3, 4),), {"axis": 1})]
    for function in nans:
        holed = with_nan(real(2, 3, 2), (0, 0, 0), (1, 2, 1))
        samples += [Sample(function, (holed,), form) for form in forms]
    for function in (np.sum, np.mean, np.var, np.std, np.prod):
        samples += [Sample(function, (complex_(2, 3),), form) for form in ({}, {"axis": 0})]
    for function in (np.var, np.std, np.nanvar, np.nanstd):
        samples += [Sample(function, (real(2, 4),), {"axis": 1, "ddof": 1}), Sample(function, (real(4),), {"ddof": 1})]
    samples += [Sample(np.sum, (0.7,)), Sample(np.mean, (0.7,))]
    samples += [Sample(np.add.reduce, (real(2, 3),)), Sample(np.add.reduce, (real(2, 3),), {"axis": None})]
    for options in ({}, {"rowvar": False}, {"bias": True}, {"ddof": 0}):
        samples += [Sample(np.cov, (real(2, 4),), options), Sample(np.cov, (complex_(3, 3),), options)]
    samples += [Sample(np.cov, (real(4),))]
    samples += [Sample(np.prod, (np.array([0.5, 0.0, 2.0]),)), Sample(np.prod, (np.array([0.0, 0.0, 2.0]),))]
    for weights in (None, positive(2, 3)):
        samples += [Sample(np.average, (real(2, 3),), {"weights": weights, "axis": axis}) for axis in (None, 0, 1)]
    samples += [Sample(np.average, (real(2, 3, 2),), {"weights": positive(3), "axis": 1})]
    for function, scale in (
        (np.quantile, 1.0),
        (np.percentile, 100.0),
        (np.nanquantile, 1.0),
        (np.nanpercentile, 100.0),
    ):
        a = with_nan(real(3, 4), (0, 1)) if function in (np.nanquantile, np.nanpercentile) else real(3, 4)
        samples += [
            Sample(function, (a, scale * np.array([0.1, 0.55])), {"axis": axis}) for axis in (None, 0, 1, (0, 1))
        ]
        samples += [Sample(function, (a, scale * 0.3), {"axis": 1, "keepdims": True})]
        samples += [Sample(function, (a, scale * np.array([[0.2], [0.9]])), {"axis": 0, "keepdims": True})]
        for method in ("lower", "higher", "midpoint", "nearest"):
            samples += [Sample(function, (a, scale * 0.37), {"method": method})]
    return samples


def _accumulations() -> list[Sample]:
    samples = []
    for function in (np.cumsum, np.cumprod, np.nancumsum, np.nancumprod):
        a = with_nan(real(2, 3), (1, 1)) if "nan" in function.__name__ else real(2, 3)
        samples += [Sample(function, (a,), {"axis": axis}) for axis in (None, 0, 1, -1)] + [
            Sample(function, (real(4),))
        ]
    for function in (np.cumulative_sum, np.cumulative_prod):
        samples += [Sample(function, (real(4),)), Sample(function, (real(2, 3),), {"axis": 1})]
    samples += [Sample(np.cumprod, (np.array([0.5, 0.0, 2.0, 0.0, 3.0]),))]
    samples += [Sample(np.diff, (real(5),), {"n": n}) for n in (0, 1, 2)]
    samples += [Sample(np.diff, (real(3, 4),), {"axis": axis}) for axis in (0, -1)] + [
        Sample(np.ediff1d, (real(2, 3),))
    ]
    samples += [
        Sample(np.gradient, (real(5),)),
        Sample(np.gradient, (real(5), 0.3)),
        Sample(np.gradient, (real(3, 4),)),
    ]
    samples += [Sample(np.gradient, (real(3, 4), 0.5, np.array([0.0, 0.3, 1.0, 1.2])))]
    samples += [Sample(np.gradient, (real(3, 4),), {"axis": 1, "edge_order": 2})]
    samples += [Sample(np.trapezoid, (real(5),)), Sample(np.trapezoid, (real(5), np.sort(real(5))))]
    samples += [Sample(np.trapezoid, (real(3, 4),), {"axis": axis, "dx": 0.3}) for axis in (0, 1)]
    samples += [Sample(np.trapezoid, (real(3, 4), np.sort(real(3, 4), axis=0)), {"axis": 0})]
    samples += [Sample(np.trapezoid, (real(3, 4), np.sort(real(3))), {"axis": 0})]
    return samples


def _shaping() -> list[Sample]:
    samples = [
        Sample(np.reshape, (real(2, 3), (3, 2))),
        Sample(np.reshape, (real(2, 3), -1), {"order": "F"}),
        Sample(np.squeeze, (real(1, 3, 1),)),
        Sample(np.squeeze, (real(1, 3, 1),), {"axis": 0}),
        Sample(np.expand_dims, (real(3), 0)),
        Sample(np.expand_dims, (real(3), (0, -1))),
        Sample(np.transpose, (real(2, 3),)),
        Sample(np.transpose, (real(2, 3), (1, 0))),
        Sample(np.transpose, (real(2, 3, 4), (2, 0, 1))),
        Sample(np.transpose, (real(2, 3, 4), (-1, 0, 1))),
        Sample(np.transpose, (real(3),)),
        Sample(np.matrix_transpose, (real(2, 3, 4),)),
        Sample(np.linalg.matrix_transpose, (real(2, 3, 4),)),
        Sample(np.swapaxes, (real(2, 3, 4), 0, -1)),
        Sample(np.moveaxis, (real(2, 3, 4), 0, -1)),
        Sample(np.moveaxis, (real(2, 3, 4), (0, 1), (-1, 0))),
        Sample(np.rollaxis, (real(2, 3, 4), 2)),
        Sample(np.rollaxis, (real(2, 3, 4), 0, 3)),
        Sample(np.broadcast_to, (real(3, 1), (2, 3, 4))),
        Sample(np.broadcast_to, (0.7, (2, 3))),
        Sample(np.broadcast_arrays, (real(3, 1), real(2))),
        Sample(np.flip, (real(2, 3),)),
        Sample(np.flip, (real(2, 3),), {"axis": 1}),
        Sample(np.fliplr, (real(2, 3),)),
        Sample(np.flipud, (real(2, 3),)),
        Sample(np.rot90, (real(2, 3),)),
        Sample(np.rot90, (real(2, 3, 4),), {"k": 3, "axes": (1, 2)}),
        Sample(np.roll, (real(2, 3), 2)),
        Sample(np.roll, (real(2, 3), 1), {"axis": 1}),
        Sample(np.roll, (real(2, 3), (1, -1)), {"axis": (0, 1)}),
        Sample(np.tile, (real(2, 3), 2)),
        Sample(np.tile, (real(3), (2, 3))),
        Sample(np.tile, (0.7, 3)),
        Sample(np.repeat, (real(2, 3), 2)),
        Sample(np.repeat, (real(2, 3), np.array([1, 0, 2])), {"axis": 1}),
        Sample(np.repeat, (0.7, 3)),
        Sample(np.resize, (real(3), (2, 4))),
        Sample(np.resize, (0.7, (3,))),
        Sample(np.pad, (real(2, 3), 1)),
        Sample(np.pad, (real(2, 3), ((1, 2), (0, 1))), {"constant_values": 3.0}),
        Sample(np.pad, (complex_(3), (1, 2))),
        Sample(np.diag, (real(3),)),
        Sample(np.diag, (real(3), 1)),
        Sample(np.diag, (real(3, 3),)),
        Sample(np.diag, (real(3, 4), 1)),
        Sample(np.diag, (real(3, 4), -1)),
        Sample(np.diagflat, (real(2, 2), 1)),
        Sample(np.diagonal, (real(3, 4), -1)),
        Sample(np.diagonal, (real(2, 3, 4),), {"offset": 1, "axis1": 2, "axis2": 0}),
        Sample(np.linalg.diagonal, (real(2, 3, 4),), {"offset": 1}),
        Sample(np.trace, (real(3, 3),)),
        Sample(np.trace, (real(3, 4),), {"offset": 1}),
        Sample(np.trace, (real(2, 3, 4),), {"offset": -1, "axis1": 1, "axis2": 2}),
        Sample(np.linalg.trace, (real(2, 3, 4),), {"offset": 1}),
        Sample(np.tril, (real(3, 4),)),
        Sample(np.tril, (real(3),)),
        Sample(np.triu, (real(2, 3, 4), 1)),
        Sample(np.triu, (real(3),)),
        Sample(np.ndarray.item, (real(1),)),
        Sample(np.ndarray.item, (real(2, 3), 1, 2)),
    ]
    for function in (np.ravel, np.ndarray.flatten):
        samples += [Sample(function, (real(2, 3),)), Sample(function, (real(2, 3),), {"order": "F"})]
    for function in (np.atleast_1d, np.atleast_2d, np.atleast_3d):
        samples += [Sample(function, (value,)) for value in (0.7, real(3), real(2, 3))]
    for mode in ("edge", "reflect", "symmetric", "wrap"):
        samples += [Sample(np.pad, (real(3, 4), ((1, 2), (0, 2))), {"mode": mode})]
    return samples


def _joining() -> list[Sample]:
    a, b, c = real(2, 3), real(1, 3), real(2, 2)
    samples = [
        Sample(np.concatenate, ([a, b],)),
        Sample(np.concatenate, ([a, c],), {"axis": -1}),
        Sample(np.concatenate, ([a, c],), {"axis": None}),
        Sample(np.concatenate, ([real(2), real(3), real(1)],)),
        Sample(np.stack, ([a, a + 1.0],)),
        Sample(np.stack, ([a, a + 1.0],), {"axis": -1}),
        Sample(np.hstack, ([a, c],)),
        Sample(np.hstack, ([real(2), 0.7],)),
        Sample(np.vstack, ([a, real(3)],)),
        Sample(np.vstack, ([0.7, real(1)],)),
        Sample(np.dstack, ([a, real(2, 3, 2)],)),
        Sample(np.dstack, ([real(3), real(3)],)),
        Sample(np.column_stack, ([real(2), a],)),
        Sample(np.block, ([[a, c], [real(1, 5)]],)),
        Sample(np.block, ([real(2), 0.7],)),
        Sample(np.append, (real(3), 0.7)),
        Sample(np.append, (a, b), {"axis": 0}),
        Sample(np.split, (real(4, 3), 2)),
        Sample(np.split, (real(2, 5), [1, 3]), {"axis": 1}),
        Sample(np.array_split, (real(5), 3)),
        Sample(np.hsplit, (real(2, 4), 2)),
        Sample(np.hsplit, (real(4), 2)),
        Sample(np.vsplit, (real(4, 2), 2)),
        Sample(np.dsplit, (real(1, 2, 4), 2)),
        Sample(np.unstack, (real(2, 3),), {"axis": 1}),
        Sample(np.meshgrid, (real(2), real(3))),
        Sample(np.meshgrid, (real(2), real(3), real(2)), {"indexing": "ij"}),
        Sample(np.meshgrid, (real(2), real(3), real(2)), {"sparse": True}),
        Sample(np.array, ([0.3, 0.4],)),
        Sample(np.array, ([[0.3, 0.4], [0.5, 0.6]],)),
        Sample(np.array, (real(2, 2),)),
        Sample(np.copy, (real(2, 2),)),
        Sample(np.astype, (real(3), np.float64)),
        Sample(np.astype, (real(3), complex)),
        Sample(np.ndarray.astype, (real(3), float)),
        Sample(np.ndarray.tolist, (real(2, 2),)),
        Sample(np.full, ((2, 3), 0.7)),
        Sample(np.full, ((2, 3), real(3))),
        Sample(np.full_like, (real(2, 3), 0.7)),
        Sample(np.arange, (0.31, 2.0, 0.4)),
        Sample(np.linspace, (0.3, 2.0, 5)),
        Sample(np.linspace, (0.3, 2.0, 5), {"endpoint": False}),
        Sample(np.linspace, (real(2), real(2), 4)),
        Sample(np.linspace, (0.3, real(2), 4)),
        Sample(np.logspace, (0.3, 1.0, 5)),
        Sample(np.geomspace, (0.3, 2.0, 5)),
    ]
    for function in (np.asarray, np.asanyarray, np.asarray_chkfinite, np.ascontiguousarray, np.asfortranarray):
        samples += [Sample(function, (real(2, 3),)), Sample(function, (0.7,))]
    return samples


def _indexing() -> list[Sample]:
    return [
        Sample(np.take, (real(5), np.array([0, 3, 3, -1]))),
        Sample(np.take, (real(2, 3), np.array([[0, 2], [2, 1]])), {"axis": 1}),
        Sample(np.take, (complex_(3), 1)),
        Sample(np.take, (real(3), np.array([5, -7])), {"mode": "wrap"}),
        Sample(np.take_along_axis, (real(2, 3), np.array([[0, 0], [2, 1]])), {"axis": 1}),
        Sample(np.compress, (np.array([True, False, True]), real(2, 3)), {"axis": 1}),
        Sample(np.extract, (np.array([[True, False], [False, True]]), real(2, 2))),
        Sample(np.delete, (real(2, 4), [0, 2]), {"axis": 1}),
        Sample(np.trim_zeros, (np.array([0.4, 0.0, 0.5, 0.7]),)),
        Sample(np.insert, (real(4), 2, 0.7)),
        Sample(np.insert, (real(4), [1, 3], real(2))),
        Sample(np.insert, (real(2, 3), 1, real(2)), {"axis": 1}),
        Sample(np.partition, (real(6), 3)),
        Sample(np.partition, (real(3, 5), 1), {"axis": 0}),
        Sample(np.sort, (real(5),)),
        Sample(np.sort, (real(3, 4),), {"axis": 0}),
        Sample(np.sort, (real(3, 4),), {"axis": None}),
        Sample(np.select, ([np.array([True, False, False]), np.array([True, True, False])], [real(3), real(3)], 0.7)),
        Sample(np.choose, (np.array([0, 1, 0]), [real(3), real(3)])),
        Sample(np.bincount, (np.array([0, 2, 2]), real(3))),
        Sample(np.bincount, (np.array([0, 2, 2]), real(3)), {"minlength": 5}),
        Sample(np.interp, (0.7, np.array([0.0, 1.0, 3.0]), real(3))),
        Sample(np.interp, (np.array([-0.5, 0.2, 1.9, 3.5]), np.array([0.0, 1.0, 3.0]), real(3))),
    ]


def _products() -> list[Sample]:
    shapes = [((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 4)), ((5, 2, 3), (3, 4)), ((2, 3), (5, 3, 4))]
    shapes += [((5, 2, 3), (5, 3, 4)), ((2, 1, 2, 3), (3, 3, 2)), ((5, 2, 3), (3,)), ((3,), (5, 3, 2))]
    samples = []
    for function in (np.matmul, np.linalg.matmul):
        samples += [Sample(function, (real(*a), real(*b))) for a, b in shapes]
    dots = [shape for shape in shapes if len(shape[0]) + len(shape[1]) < 6] + [((2, 2, 3), (2, 3, 2))]
    samples += [Sample(np.dot, (real(*a), real(*b))) for a, b in dots]
    inners = [((3,), (3,)), ((2, 3), (4, 3)), ((2, 3), (3,)), ((3,), (2, 3)), ((2, 2, 3), (4, 3))]
    samples += [Sample(np.inner, (real(*a), real(*b))) for a, b in inners]
    for function in (np.dot, np.inner):
        samples += [Sample(function, arguments) for arguments in ((0.7, 0.3), (0.7, real(2, 3)), (real(2, 3), 0.7))]
    for function in (np.matmul, np.dot):
        samples += [Sample(function, (complex_(2, 3), complex_(3, 2))), Sample(function, (real(2, 3), complex_(3)))]
    for function in (np.outer, np.linalg.outer):
        samples += [Sample(function, (real(2), real(3))), Sample(function, (complex_(2), complex_(3)))]
    samples += [Sample(np.outer, (real(2, 2), real(3))), Sample(np.outer, (0.7, real(3)))]
    samples += [Sample(np.vdot, (real(3), real(3))), Sample(np.vdot, (complex_(2, 2), complex_(4)))]
    for function in (np.vecdot, np.linalg.vecdot):
        samples += [Sample(function, (real(2, 3), real(3))), Sample(function, (complex_(2, 3), complex_(2, 3)))]
        samples += [Sample(function, (real(3, 2), real(3, 2)), {"axis": 0})]
    samples += [Sample(np.matvec, (real(4, 2, 3), real(3))), Sample(np.matvec, (complex_(2, 3), complex_(4, 3)))]
    samples += [Sample(np.vecmat, (real(3), real(4, 3, 2))), Sample(np.vecmat, (complex_(4, 3), complex_(3, 2)))]
    for function in (np.tensordot, np.linalg.tensordot):
        samples += [Sample(function, (real(2, 3, 4), real(3, 4, 2)))]
        samples += [Sample(function, (real(2, 3, 4), real(4, 5, 3)), {"axes": ([1, 2], [2, 0])})]
        samples += [Sample(function, (real(2, 3, 4), real(4, 3, 2)), {"axes": ((2, 0), (0, -1))})]
        samples += [Sample(function, (real(2), real(3)), {"axes": 0})]
        samples += [Sample(function, (real(2, 3), real(3)), {"axes": 1})]
    for subscripts, operand_shapes in (
        ("ij->ji", [(2, 3)]),
        ("ii->i", [(3, 3)]),
        ("ii", [(3, 3)]),
        ("ijk->j", [(2, 3, 2)]),
        ("...i->...", [(2, 3)]),
        ("ij,jk->ik", [(2, 3), (3, 2)]),
        ("ij,jk", [(2, 3), (3, 2)]),
        ("i,j->ij", [(2,), (3,)]),
        ("ij,j->i", [(2, 3), (3,)]),
        ("ij,kj->", [(2, 3), (2, 3)]),
        ("...ij,...jk->...ik", [(4, 2, 3), (3, 2)]),
        ("iij,j->i", [(2, 2, 3), (3,)]),
        ("bi,ij,bj->b", [(4, 2), (2, 3), (4, 3)]),
        ("i,ij,jk,k->", [(2,), (2, 3), (3, 2), (2,)]),
        ("ij,ij->ij", [(2, 3), (2, 1)]),
        ("i,j->i", [(2,), (3,)]),
    ):
        samples += [Sample(np.einsum, (subscripts, *[real(*shape) for shape in operand_shapes]))]
    samples += [Sample(np.einsum, ("ij,jk->ik", complex_(2, 3), complex_(3, 2)))]
    for a, b in ((real(2, 3, 2), complex_(2, 3)), (complex_(2, 3, 2), real(2, 3))):
        samples += [Sample(np.matmul, (a, b)), Sample(np.dot, (a, b)), Sample(np.kron, (a, b))]
        samples += [Sample(np.einsum, ("ijk,kl->il", a, b)), Sample(np.tensordot, (a, b), {"axes": 1})]
        samples += [Sample(np.matvec, (a[:, 0, :1], b[0, :1])), Sample(np.vecmat, (a[0, 0], b))]
        samples += [Sample(np.vecdot, (a[0], b[0, :2])), Sample(np.inner, (a, b[:, :2]))]
        samples += [Sample(np.convolve, (a[0, 0], b[0])), Sample(np.concatenate, ([a[0], b.T],), {"axis": 1})]
        samples += [Sample(np.trapezoid, (a[0, 0], b[0, :2])), Sample(np.linalg.solve, (a[0, :2], b))]
    samples += [Sample(np.interp, (real(3), np.array([-2.0, 0.0, 2.0]), complex_(3)))]
    samples += [Sample(np.kron, (real(*a), real(*b))) for a, b in (((2,), (3,)), ((2, 3), (2, 2)), ((2, 2), (3,)))]
    samples += [Sample(np.cross, (real(3), real(3))), Sample(np.cross, (real(4, 3), real(3)))]
    samples += [Sample(np.cross, (real(3, 4), real(3, 4)), {"axis": 0})]
    samples += [Sample(np.cross, (real(3, 4), real(4, 3)), {"axisa": 0, "axisc": 0})]
    samples += [Sample(np.linalg.cross, (real(2, 3), real(3)))]
    for mode in ("full", "same", "valid"):
        for function in (np.convolve, np.correlate):
            samples += [
                Sample(function, (real(*a), real(*b)), {"mode": mode})
                for a, b in (((5,), (3,)), ((2,), (5,)), ((4,), (4,)))
            ]
        samples += [Sample(np.correlate, (complex_(5), complex_(2)), {"mode": mode})]
    samples += [Sample(np.polyval, (real(4), real(2, 3))), Sample(np.polyval, (real(3), 0.7))]
    samples += [Sample(np.vander, (real(3),)), Sample(np.vander, (real(3), 4), {"increasing": True})]
    return samples


def _linalg() -> list[Sample]:
    hermitian = definite(3) + 1j * np.array([[0, 0.3, 0.2], [-0.3, 0, 0.5], [-0.2, -0.5, 0]])
    samples = []
    for a in (definite(3) + 0.3 * real(3, 3), definite(2, 4) + 0.3 * real(4, 2, 2), definite(3) + complex_(3, 3)):
        samples += [Sample(function, (a,)) for function in (np.linalg.inv, np.linalg.det, np.linalg.slogdet)]
        samples += [Sample(np.linalg.matrix_power, (a / 4.0, n)) for n in (0, 1, 3, -2)]
        samples += [Sample(function, (a,)) for function in (np.linalg.eig, np.linalg.eigvals)]
    rotation = np.array([[0.5, -1.2, 0.1], [1.1, 0.4, 0.3], [0.2, -0.1, 0.9]])
    samples += [Sample(np.linalg.eig, (rotation,)), Sample(np.linalg.eigvals, (rotation,))]
    samples += [Sample(np.linalg.det, (np.array([[1.0, 2.0], [2.0, 4.0]]),))]
    samples += [Sample(np.linalg.solve, (definite(3), real(*shape))) for shape in ((3,), (3, 2))]
    samples += [Sample(np.linalg.solve, (definite(3, 4), real(*shape))) for shape in ((3,), (3, 2), (4, 3, 2))]
    samples += [Sample(np.linalg.solve, (hermitian, complex_(3)))]
    for a in (definite(3), definite(3, 2), hermitian):
        samples += [Sample(np.linalg.cholesky, (a,)), Sample(np.linalg.cholesky, (a,), {"upper": True})]
        samples += [Sample(np.linalg.eigvalsh, (a,), {"UPLO": triangle}) for triangle in ("L", "U")]
    samples += [
        Sample(np.linalg.eigh, (a,), {"UPLO": triangle})
        for a in (definite(3), definite(3, 2))
        for triangle in ("L", "U")
    ]
    for shape in ((3, 3), (4, 2), (2, 4), (2, 3, 2)):
        a = real(*shape)
        samples += [
            Sample(np.linalg.svd, (a,), {"full_matrices": False}),
            Sample(np.linalg.svd, (a,), {"compute_uv": False}),
        ]
        samples += [Sample(np.linalg.svdvals, (a,)), Sample(np.linalg.qr, (a,)), Sample(np.linalg.pinv, (a,))]
    samples += [Sample(np.linalg.svd, (real(3, 3),)), Sample(np.linalg.svdvals, (complex_(3, 2),))]
    samples += [Sample(np.linalg.pinv, (complex_(3, 2),))]
    samples += [Sample(np.linalg.lstsq, (real(4, 2), real(*shape))) for shape in ((4,), (4, 3))]
    samples += [Sample(np.linalg.lstsq, (real(2, 4), real(2)))]
    forms: list[dict[str, Any]] = [
        {},
        {"axis": 0},
        {"axis": -1, "keepdims": True},
        {"axis": (0, 1)},
        {"keepdims": True},
    ]
    forms += [{"ord": order} for order in ("fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf)]
    forms += [{"ord": order, "axis": 1} for order in (1, 2, 3, 2.5, 0.5, np.inf, -np.inf)]
    forms += [{"ord": order, "axis": (1, 0), "keepdims": True} for order in ("nuc", 1, np.inf)]
    samples += [Sample(np.linalg.norm, (real(2, 3),), form) for form in forms]
    samples += [Sample(np.linalg.norm, (complex_(2, 3),), form) for form in forms]
    samples += [Sample(np.linalg.norm, (real(4),), {"ord": order}) for order in (None, 1, 2, 3, np.inf)]
    samples += [Sample(np.linalg.norm, (real(2, 3, 2),))]
    samples += [
        Sample(np.linalg.vector_norm, (real(2, 3),), form) for form in ({}, {"axis": 1}, {"ord": 3}, {"ord": np.inf})
    ]
    samples += [Sample(np.linalg.vector_norm, (real(2, 3),), {"keepdims": True})]
    samples += [
        Sample(np.linalg.matrix_norm, (real(2, 3, 3),), form) for form in ({}, {"ord": "nuc"}, {"keepdims": True})
    ]
    samples += [Sample(np.linalg.multi_dot, ([real(2, 3), real(3, 4), real(4, 2), real(2, 3)],))]
    samples += [Sample(np.linalg.multi_dot, ([real(3), real(3, 4), real(4)],))]
    return samples


def _fft() -> list[Sample]:
    samples = []
    norms = (None, "ortho", "forward")
    for function in (np.fft.fft, np.fft.ifft):
        for a in (real(5), complex_(4), complex_(2, 3)):
            samples += [Sample(function, (a,), {"norm": norm}) for norm in norms]
        samples += [Sample(function, (complex_(5), n)) for n in (3, 7)] + [Sample(function, (real(3, 2),), {"axis": 0})]
    for function in (np.fft.rfft, np.fft.irfft, np.fft.hfft):
        for length in (4, 5):
            a = real(length) if function is np.fft.rfft else complex_(length)
            samples += [Sample(function, (a,), {"norm": norm}) for norm in norms]
            samples += [Sample(function, (a,), {"n": n}) for n in (3, 6, 11)]
        b = real(4, 2) if function is np.fft.rfft else complex_(4, 2)
        samples += [Sample(function, (b,), {"axis": 0})]
    for n in (None, 3, 6, 7):
        samples += [Sample(np.fft.ihfft, (real(5),), {"n": n, "norm": norm}) for norm in norms]
    samples += [
        Sample(np.fft.rfft2, (real(3, 4),)),
        Sample(np.fft.rfft2, (real(2, 3, 5),), {"s": (2, 4), "norm": "ortho"}),
    ]
    samples += [Sample(np.fft.rfft2, (real(4, 2, 3),), {"axes": (2, 0)})]
    for function in (np.fft.fft2, np.fft.ifft2, np.fft.fftn, np.fft.ifftn):
        samples += [Sample(function, (a,)) for a in (real(2, 3), complex_(2, 3, 2))]
        samples += [Sample(function, (complex_(3, 4),), {"s": (2, 5), "axes": (0, 1), "norm": "ortho"})]
    for function in (np.fft.fftshift, np.fft.ifftshift):
        samples += [Sample(function, (real(3, 4),)), Sample(function, (real(3, 5),), {"axes": 1})]
    return samples


def _python() -> list[Sample]:
    samples = []
    functions = [math.exp, math.exp2, math.expm1, math.log, math.log2, math.log10, math.log1p, math.sqrt, math.cbrt]
    functions += [math.sin, math.cos, math.tan, math.asin, math.acos, math.atan, math.sinh, math.cosh, math.tanh]
    functions += [math.asinh, math.atanh, math.erf, math.erfc, math.gamma, math.lgamma, math.degrees, math.radians]
    functions += [math.fabs, math.modf, math.frexp, builtins.float, builtins.complex]
    samples += [Sample(function, (0.37,)) for function in functions]
    samples += [Sample(function, (-1.3,)) for function in (math.gamma, math.lgamma, math.fabs, math.cbrt)]
    samples += [Sample(math.acosh, (1.7,)), Sample(math.log, (0.7, 2.5)), Sample(math.ldexp, (0.7, 3))]
    for function in (math.pow, math.atan2, math.copysign, math.fmod, math.remainder, math.hypot, builtins.divmod):
        samples += [Sample(function, (3.7, 1.3))]
    samples += [Sample(math.pow, (-1.2, 3)), Sample(math.hypot, (0.3, 0.4, 0.5)), Sample(builtins.complex, (0.3, 0.4))]
    samples += [
        Sample(math.dist, ([0.3, 0.4], [1.0, -2.0])),
        Sample(math.fsum, ([0.3, 0.4],)),
        Sample(math.prod, ([0.3, 0.4, 0.5],)),
    ]
    samples += [Sample(math.prod, ([0.3, 0.4],), {"start": 0.7})]
    samples += [
        Sample(builtins.sum, ([0.3, 0.4],)),
        Sample(builtins.sum, (real(3),)),
        Sample(builtins.sum, (real(2, 3),)),
    ]
    samples += [Sample(builtins.sum, ([real(3), real(3)], 0.7))]
    for function in (builtins.max, builtins.min):
        samples += [
            Sample(function, (0.3, 0.4)),
            Sample(function, (0.3, 0.5, 0.4)),
            Sample(function, ([0.3, 0.5, 0.4],)),
        ]
        samples += [Sample(function, (real(4),))]
    return samples


SAMPLES = [
    *_elementwise(),
    *_pairs(),
    *_reductions(),
    *_accumulations(),
    *_shaping(),
    *_joining(),
    *_indexing(),
    *_products(),
    *_linalg(),
    *_fft(),
    *_python(),
]
