"""NumPy, ``math`` and the builtins as a complex step needs them: analytic where the originals are not.

A complex step evaluates f(x + ih) / h for a tiny h.  ``abs``, ``max`` or ``norm`` of a complex number are not the
continuations of the real functions, and ``np.zeros(n)`` has no room for an imaginary part.  The objects here stand in
for ``np``, ``math`` and the builtins when a program is run for its complex step, and only then.
"""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
from scipy import special


class Stand:
    """A module with some of its functions replaced."""

    def __init__(self, module: Any, replaced: dict[str, Any]) -> None:
        self.__dict__.update(replaced)
        self._module = module

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, name)


def is_complex(value: Any) -> bool:
    """Whether ``value`` carries an imaginary part."""
    return np.iscomplexobj(value)


def first_order(function: Callable[..., Any], *partials: Callable[..., Any]) -> Callable[..., Any]:
    """The continuation to first order of a real function, from its partial derivatives."""

    def continued(*args: Any) -> Any:
        if not any(is_complex(arg) for arg in args):
            return function(*args)
        reals = [np.real(arg) for arg in args]
        imaginary = sum(partial(*reals) * np.imag(arg) for partial, arg in zip(partials, args))
        return function(*reals) + 1j * imaginary

    return continued


def real_only(function: Callable[..., Any]) -> Callable[..., Any]:
    """A piecewise constant function: it sees real parts alone."""

    def seen(*args: Any, **options: Any) -> Any:
        return function(*[np.real(arg) if is_complex(arg) else arg for arg in args], **options)

    return seen


def absolute(value: Any) -> Any:
    """The continuation of abs."""
    if not is_complex(value):
        return np.abs(value) if isinstance(value, np.ndarray) else builtins.abs(value)
    return np.where(np.real(value) < 0, -value, value)[()]


def room(function: Callable[..., Any], dtype_position: int) -> Callable[..., Any]:
    """An array constructor that makes complex arrays where the original makes floating ones."""

    def construct(*args: Any, **options: Any) -> Any:
        made = function(*args, **options)
        asked = options.get("dtype", args[dtype_position] if len(args) > dtype_position else None)
        if made.dtype.kind == "f" and (asked is None or np.dtype(asked).kind == "f"):
            return made.astype(np.complex128)
        return made

    return construct


def from_values(function: Callable[..., Any]) -> Callable[..., Any]:
    """``np.array`` and its kin, where ``dtype=float`` must not drop the imaginary part."""

    def construct(value: Any, dtype: Any = None, **options: Any) -> Any:
        if dtype is not None and np.dtype(dtype).kind == "f":
            return function(value, dtype=np.complex128, **options)
        made = function(value, dtype=dtype, **options)
        return made.astype(np.complex128) if made.dtype.kind == "f" else made

    return construct


def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """The Euclidean norm without conjugation."""
    if ord not in (None, 2, "fro") or (ord == 2 and axis is None and np.ndim(x) != 1):
        raise NotImplementedError("only the Euclidean norm is continued")
    return np.sqrt(np.sum(np.asarray(x) ** 2, axis=axis, keepdims=keepdims))


def variance(x: Any, axis: Any = None, ddof: int = 0, keepdims: bool = False) -> Any:
    """The variance without conjugation."""
    x = np.asarray(x)
    deviation = x - np.mean(x, axis=axis, keepdims=True)
    count = deviation.size if axis is None else deviation.shape[axis]
    return np.sum(deviation**2, axis=axis, keepdims=keepdims) / (count - ddof)


def standard_deviation(x: Any, **options: Any) -> Any:
    """The standard deviation without conjugation."""
    return np.sqrt(variance(x, **options))


def slogdet(x: Any) -> tuple[Any, Any]:
    """Sign and logarithm of the determinant, to first order."""
    sign, value = np.linalg.slogdet(np.real(x))
    return sign, value + 1j * np.trace(np.linalg.solve(np.real(x), np.imag(x)))


def to_float(value: Any = 0.0) -> Any:
    """``float``, which keeps an imaginary part."""
    return value if is_complex(value) else builtins.float(value)


def maximum(x: Any, y: Any) -> Any:
    """The continuation of np.maximum."""
    return np.where(np.real(x) >= np.real(y), x, y)[()]


def minimum(x: Any, y: Any) -> Any:
    """The continuation of np.minimum."""
    return np.where(np.real(x) <= np.real(y), x, y)[()]


def clip(x: Any, low: Any, high: Any) -> Any:
    """The continuation of np.clip."""
    return minimum(maximum(x, low), high)


def lexical(function: Callable[..., Any]) -> Callable[..., Any]:
    """A selection that NumPy makes for complex numbers too, by real part first."""
    return function


_shared: dict[str, Any] = {
    "fabs": absolute,
    "hypot": lambda x, y: np.sqrt(x * x + y * y),
    "floor": real_only(np.floor),
    "ceil": real_only(np.ceil),
    "trunc": real_only(np.trunc),
}
_arctan2 = first_order(np.arctan2, lambda y, x: x / (x * x + y * y), lambda y, x: -y / (x * x + y * y))

NUMPY = Stand(
    np,
    {
        **_shared,
        "abs": absolute,
        "absolute": absolute,
        "arctan2": _arctan2,
        "cbrt": first_order(np.cbrt, lambda x: 1.0 / (3.0 * np.cbrt(x) ** 2)),
        "sign": real_only(np.sign),
        "rint": real_only(np.rint),
        "round": real_only(np.round),
        "isnan": real_only(np.isnan),
        "maximum": maximum,
        "minimum": minimum,
        "clip": clip,
        "var": variance,
        "std": standard_deviation,
        "logaddexp": first_order(
            np.logaddexp, lambda x, y: 1.0 / (1.0 + np.exp(y - x)), lambda x, y: 1.0 / (1.0 + np.exp(x - y))
        ),
        "zeros": room(np.zeros, 1),
        "ones": room(np.ones, 1),
        "empty": room(np.empty, 1),
        "full": room(np.full, 2),
        "eye": room(np.eye, 3),
        "identity": room(np.identity, 1),
        "linspace": room(np.linspace, 5),
        "zeros_like": room(np.zeros_like, 1),
        "ones_like": room(np.ones_like, 1),
        "empty_like": room(np.empty_like, 1),
        "full_like": room(np.full_like, 2),
        "array": from_values(np.array),
        "asarray": from_values(np.asarray),
        "vdot": lambda x, y: np.dot(np.ravel(x), np.ravel(y)),
        "linalg": Stand(np.linalg, {"norm": norm, "slogdet": slogdet}),
        "float64": to_float,
    },
)

_gamma_partial = [lambda x: special.gamma(x) * special.digamma(x)]
MATH = Stand(
    math,
    {
        **_shared,
        **{name: getattr(np, name) for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "exp", "expm1", "log1p")},
        **{name: getattr(np, name) for name in ("sqrt", "log2", "log10")},
        "log": lambda x, base=None: np.log(x) if base is None else np.log(x) / np.log(base),
        "asin": np.arcsin,
        "acos": np.arccos,
        "atan": np.arctan,
        "asinh": np.arcsinh,
        "acosh": np.arccosh,
        "atanh": np.arctanh,
        "atan2": _arctan2,
        "pow": lambda x, y: x**y,
        "floor": lambda x: int(math.floor(np.real(x))),
        "ceil": lambda x: int(math.ceil(np.real(x))),
        "isnan": real_only(math.isnan),
        "isfinite": real_only(math.isfinite),
        "erf": first_order(special.erf, lambda x: 2.0 / math.sqrt(math.pi) * np.exp(-x * x)),
        "erfc": first_order(special.erfc, lambda x: -2.0 / math.sqrt(math.pi) * np.exp(-x * x)),
        "gamma": first_order(special.gamma, *_gamma_partial),
        "lgamma": first_order(special.gammaln, special.digamma),
        "fsum": builtins.sum,
        "dist": lambda p, q: np.sqrt(sum((a - b) ** 2 for a, b in zip(p, q))),
        "prod": lambda values: np.prod(list(values)),
        "radians": lambda x: x * (math.pi / 180.0),
        "degrees": lambda x: x * (180.0 / math.pi),
        "copysign": lambda x, y: absolute(x) * math.copysign(1.0, np.real(y)),
    },
)


def to_int(value: Any = 0) -> int:
    """``int`` of the real part."""
    return builtins.int(np.real(value)) if is_complex(value) else builtins.int(value)


BUILTINS: dict[str, Any] = {
    **vars(builtins),
    "abs": absolute,
    "float": to_float,
    "int": to_int,
    "round": real_only(builtins.round),
    "divmod": lambda x, y: (np.floor(np.real(x) / np.real(y)), x - y * np.floor(np.real(x) / np.real(y))),
    "print": lambda *args, **options: None,
}

SUBSTITUTES = SimpleNamespace(numpy=NUMPY, math=MATH, builtins=BUILTINS)
