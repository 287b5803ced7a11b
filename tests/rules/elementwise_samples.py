"""Sample calls of elementwise functions, of ``math`` and of Python's own functions."""

from __future__ import annotations

import builtins
import cmath
import math
import operator

import numpy as np

from tests.rules.sampling import Sample, complex_, positive, real, with_nan


def _elementwise() -> list[Sample]:
    samples = []
    unrestricted = [np.negative, np.positive, np.square, np.exp, np.exp2, np.expm1, np.sin, np.cos, np.sinh, np.cosh]
    unrestricted += [np.tanh, np.arctan, np.arcsinh, np.sinc]
    for function in unrestricted:
        samples += [Sample(function, (value,)) for value in (0.7, real(), real(4), real(2, 3), complex_(3))]
    for function in (np.reciprocal, np.log, np.sqrt, np.tan):
        # Away from the poles of the tangent, and from the cuts of logarithms and roots.
        values = (0.7, 0.6 * positive(4), 0.6 * positive(2, 3), positive(3) + 1j * real(3))
        samples += [Sample(function, (value,)) for value in values]
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
    for function in (np.remainder, np.fmod, np.divmod):
        # Quotients well between two integers.
        samples += [
            Sample(function, ((np.floor(3.0 * real(*x)) + 0.45) * 0.95, 0.9 + 0.02 * positive(*y))) for x, y in shapes
        ]
    for function in (np.maximum, np.minimum, np.fmax, np.fmin, np.copysign):
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
        # On a grid that keeps its distance from the bounds.
        samples += [Sample(np.clip, (np.round(2.0 * real(3, 4), 1) + 0.04 * positive(3, 4) + 0.01, low, high))]
    samples += [Sample(np.clip, (0.7, -0.5, 0.5)), Sample(np.clip, (real(3), None, None))]
    samples += [Sample(np.clip, (real(3),), {"min": -0.3, "max": 0.4}), Sample(np.clip, (real(3),), {"max": 0.4})]
    condition = np.array([[True], [False]])
    samples += [Sample(np.where, (condition, real(3), real(2, 1))), Sample(np.where, (True, 0.3, 0.4))]
    samples += [Sample(np.where, (np.array([True, False]), 0.3, real(2)))]
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


def _operators() -> list[Sample]:
    """The functions of ``operator`` and ``cmath``."""
    samples = []
    for function in (operator.add, operator.sub, operator.mul, operator.truediv, operator.mod, operator.pow):
        samples += [Sample(function, (3.7, 1.3)), Sample(function, (real(3) + 3.0, 1.3))]
    for function in (operator.neg, operator.pos, operator.abs):
        samples += [Sample(function, (0.7,)), Sample(function, (real(3),))]
    samples += [Sample(operator.matmul, (real(2, 3), real(3)))]
    for function in (cmath.exp, cmath.log, cmath.sqrt, cmath.sin, cmath.cos, cmath.sinh, cmath.cosh, cmath.tanh):
        samples += [Sample(function, (0.7 + 0.2j,))]
    return samples


ELEMENTWISE = [*_elementwise(), *_pairs(), *_python(), *_operators()]
