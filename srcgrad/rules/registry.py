"""The registry of derivative rules: how they are declared and how they are found.

A rule is a plain Python function in the textbook's notation; srcgrad writes its body into the derivatives it
generates.  ``z`` is the result of the function, ``z_bar`` its adjoint, ``x_dot`` the tangent of ``x``.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar

import gast
import numpy as np

from srcgrad.rules.annotations import check_parameters

Form = Literal["partials", "adjoint", "tangent", "definition"]
Derivative = TypeVar("Derivative", bound=Callable[..., Any])

OPERATORS: dict[type[gast.AST], np.ufunc] = {
    gast.Add: np.add,
    gast.Sub: np.subtract,
    gast.Mult: np.multiply,
    gast.Div: np.divide,
    gast.FloorDiv: np.floor_divide,
    gast.Mod: np.remainder,
    gast.Pow: np.power,
    gast.MatMult: np.matmul,
    gast.LShift: np.left_shift,
    gast.RShift: np.right_shift,
    gast.BitAnd: np.bitwise_and,
    gast.BitOr: np.bitwise_or,
    gast.BitXor: np.bitwise_xor,
    gast.UAdd: np.positive,
    gast.USub: np.negative,
    gast.Invert: np.invert,
    gast.Eq: np.equal,
    gast.NotEq: np.not_equal,
    gast.Lt: np.less,
    gast.LtE: np.less_equal,
    gast.Gt: np.greater,
    gast.GtE: np.greater_equal,
}


@dataclass(frozen=True)
class Dimensions:
    """The numbers of dimensions that one argument of a rule may have: ``2d``, ``2d+`` or ``nd``."""

    least: int
    most: int | None

    def accepts(self, ndim: int | None) -> bool:
        """Whether an argument with ``ndim`` dimensions (None: not known) is surely one of these."""
        if ndim is None:
            return self.least == 0 and self.most is None
        return self.least <= ndim and (self.most is None or ndim <= self.most)


@dataclass(frozen=True)
class Rule:
    """One derivative of one function.

    ``arguments`` are the names of the parameters for which the derivative returns something (in that order);
    ``parameters`` are the names of the function's own arguments and options that it takes.
    """

    function: Callable[..., Any]
    form: Form
    derivative: Callable[..., Any]
    pattern: tuple[Dimensions, ...] | None
    arguments: tuple[str, ...] | None
    broadcasts: bool

    @functools.cached_property
    def signature(self) -> inspect.Signature:
        """The signature of the rule itself."""
        return inspect.signature(self.derivative)

    @functools.cached_property
    def parameters(self) -> tuple[str, ...]:
        """The names of the function's arguments and options that the rule takes."""
        names = tuple(self.signature.parameters)
        if self.form in ("partials", "adjoint", "definition"):
            return names[{"partials": 1, "adjoint": 2, "definition": 0}[self.form] :]
        return names[names.index("z") + 1 :]  # behind the tangents

    @functools.cached_property
    def most_arguments(self) -> int | None:
        """How many positional arguments the rule takes at most; None for any number."""
        parameters = self.signature.parameters
        kinds = [parameters[name].kind for name in self.parameters]
        if inspect.Parameter.VAR_POSITIONAL in kinds:
            return None
        return sum(kind is not inspect.Parameter.KEYWORD_ONLY for kind in kinds)

    @property
    def precision(self) -> int:
        """How narrowly the rule is declared: the more exact numbers of dimensions, the narrower."""
        if self.pattern is None:
            return 0
        return 1 + sum(dimensions.least == dimensions.most for dimensions in self.pattern)

    def accepts(self, ndims: tuple[int | None, ...]) -> bool:
        """Whether the rule is for arguments with these numbers of dimensions."""
        if self.most_arguments is not None and len(ndims) > self.most_arguments:
            return False
        if self.pattern is None:
            return True
        return len(self.pattern) <= len(ndims) and all(
            dimensions.accepts(ndim) for dimensions, ndim in zip(self.pattern, ndims, strict=False)
        )


_rules: dict[tuple[Any, str], list[Rule]] = {}
_nondifferentiable: set[Any] = set()
_definitions: set[Callable[..., Any]] = set()
_linearity: dict[Any, Literal["linear", "multilinear"]] = {}

# Rules for SciPy are loaded when a function has no rule yet and the program has imported that part of SciPy.
_on_demand: dict[str, tuple[str, ...]] = {
    "scipy.fft": ("srcgrad.rules.scipy.fft", "srcgrad.rules.scipy.definitions"),
    "scipy.integrate": ("srcgrad.rules.scipy.integrate", "srcgrad.rules.scipy.definitions"),
    "scipy.linalg": ("srcgrad.rules.scipy.linalg", "srcgrad.rules.scipy.tangents", "srcgrad.rules.scipy.definitions"),
    "scipy.stats": ("srcgrad.rules.scipy.stats", "srcgrad.rules.scipy.tails", "srcgrad.rules.scipy.discrete"),
    "scipy.signal": ("srcgrad.rules.scipy.signal",),
    "scipy.special": (
        "srcgrad.rules.scipy.special",
        "srcgrad.rules.scipy.special_tangents",
        "srcgrad.rules.scipy.special_partials",
    ),
}


def partials(
    function: Callable[..., Any], kinds: str | None = None, arguments: tuple[str, ...] | None = None
) -> Callable[[Derivative], Derivative]:
    """Declare the partial derivatives of an elementwise function; both modes follow from them.

    The rule takes the result ``z`` and the arguments, and returns one partial derivative for each leading
    argument, or for those named by ``arguments``.  srcgrad multiplies by the adjoint and sums over broadcast axes.

    >>> import numpy as np
    >>> def softplus(x):
    ...     return np.log1p(np.exp(x))
    >>> @partials(softplus)
    ... def softplus_partials(z, x):
    ...     return 1.0 / (1.0 + np.exp(-x))
    >>> find(softplus, "partials").derivative(None, 0.0)
    np.float64(0.5)

    Where ``z`` is real and ``x`` complex, the partial is the p in dz = Re(p dx).
    """
    return _declare(function, "partials", kinds, arguments, False)


def adjoint(
    function: Callable[..., Any],
    kinds: str | None = None,
    arguments: tuple[str, ...] | None = None,
    broadcasts: bool = False,
) -> Callable[[Derivative], Derivative]:
    """Declare the adjoint of a function: reverse mode.

    The rule takes ``z_bar`` (of the shape of ``z``), ``z``, the arguments, and the options under the function's own
    names and defaults; an option that it does not take is refused.  It returns an adjoint for each leading argument,
    or for those named by ``arguments``; each must broadcast to the shape of its argument, and None means zero.  With
    ``broadcasts=True`` it may have the shape of the result instead, and srcgrad sums over the axes along which the
    argument was broadcast.  An argument that takes a sequence of arrays gets a sequence of adjoints.

    For complex numbers an adjoint is the g in df = Re(sum(g * dx)): products are transposed, never conjugated.

    ``kinds`` restricts a rule to numbers of dimensions: ``"2d, 1d"``, ``"3d+, nd"``.

    >>> import numpy as np
    >>> def scale_rows(a, s):
    ...     return a * s[:, None]
    >>> @adjoint(scale_rows, kinds="2d, 1d")
    ... def scale_rows_adjoint(z_bar, z, a, s):
    ...     return z_bar * s[:, None], np.sum(z_bar * a, axis=1)
    >>> find(scale_rows, "adjoint", (2, 1)).arguments is None
    True
    >>> find(scale_rows, "adjoint", (1, 1)) is None
    True
    """
    return _declare(function, "adjoint", kinds, arguments, broadcasts)


def tangent(
    function: Callable[..., Any], kinds: str | None = None, arguments: tuple[str, ...] | None = None
) -> Callable[[Derivative], Derivative]:
    """Declare the tangent of a function: forward mode.

    The rule takes the tangents of the leading arguments (or of those named by ``arguments``), then ``z``, the
    arguments and the options, and returns the tangent of ``z``.

    >>> import numpy as np
    >>> def energy(v):
    ...     return np.sum(v * v)
    >>> @tangent(energy)
    ... def energy_tangent(v_dot, z, v):
    ...     return 2.0 * np.sum(v * v_dot)
    >>> find(energy, "tangent").parameters
    ('v',)
    """
    return _declare(function, "tangent", kinds, arguments, False)


def definition(function: Callable[..., Any], kinds: str | None = None) -> Callable[[Derivative], Derivative]:
    """Define a function in terms of others that have rules; all modes and orders follow.

    The definition takes the function's arguments and options under their own names.  srcgrad writes it in the place of
    a call that is differentiated, where the function has no rule, or none that takes what the call is given.  ``kinds``
    restricts it to numbers of dimensions.

    >>> import numpy as np
    >>> def sum_of_squares(x, weights=None):
    ...     return float(np.inner(x, x if weights is None else weights * x))
    >>> @definition(sum_of_squares)
    ... def sum_of_squares_definition(x, weights=None):
    ...     if weights is None:
    ...         return np.sum(x ** 2)
    ...     return np.sum(weights * x ** 2)
    >>> definition_of(sum_of_squares) is sum_of_squares_definition
    True
    """
    return _declare(function, "definition", kinds, None, False)


def definition_of(function: Any, ndims: tuple[int | None, ...] = ()) -> Callable[..., Any] | None:
    """What was declared by `definition` of a function, for these numbers of dimensions."""
    if not is_hashable(function) or not _loaded(function):
        return None
    fitting = [rule for rule in _rules.get((function, "definition"), ()) if rule.accepts(ndims)]
    best = max(reversed(fitting), key=lambda rule: rule.precision, default=None)
    return None if best is None else best.derivative


def has_definition(function: Any) -> bool:
    """Whether a function is defined in terms of others."""
    return is_hashable(function) and _loaded(function) and (function, "definition") in _rules


def is_definition(function: Any) -> bool:
    """Whether a function was declared by `definition` to define another one."""
    return function in _definitions


def nondifferentiable(*functions: Callable[..., Any]) -> Any:
    """Declare functions whose result does not vary with their arguments, or only in steps.

    >>> @nondifferentiable
    ... def count_positive(x):
    ...     return int((x > 0).sum())
    >>> is_nondifferentiable(count_positive)
    True
    """
    _nondifferentiable.update(functions)
    return functions[0] if len(functions) == 1 else functions


def linear(*functions: Callable[..., Any]) -> None:
    """Declare functions that are linear in all arguments with an adjoint, taken together.

    The tangent of the result is the function of the tangents, with the same options.

    >>> import numpy as np
    >>> linearity(np.sum), linearity(np.matmul), linearity(np.exp)
    ('linear', 'multilinear', None)
    """
    _linearity.update(dict.fromkeys(functions, "linear"))


def multilinear(*functions: Callable[..., Any]) -> None:
    """Declare functions that are linear in each argument with an adjoint (or in each of a sequence), the others fixed.

    The tangent of the result is a sum: each time one of the arguments is replaced by its tangent.
    """
    _linearity.update(dict.fromkeys(functions, "multilinear"))


def linearity(function: Any) -> Literal["linear", "multilinear"] | None:
    """What was declared by `linear` or `multilinear` of a function."""
    return _linearity.get(function) if has_rule(function) else None


def same_rules(function: Callable[..., Any], other: Callable[..., Any]) -> None:
    """Give a function the rules of another one that means the same.

    >>> import operator
    >>> find(operator.mul, "partials").derivative is find(np.multiply, "partials").derivative
    True
    """
    for (owner, form), declared in list(_rules.items()):
        if owner is other:
            _rules.setdefault((function, form), []).extend(replace(rule, function=function) for rule in declared)


def find(function: Any, form: Form, ndims: tuple[int | None, ...] = ()) -> Rule | None:
    """The rule of one form for a function and its arguments' numbers of dimensions (None: not known)."""
    if not has_rule(function):
        return None
    fitting = [rule for rule in _rules.get((function, form), ()) if rule.accepts(ndims)]
    # The narrowest rule wins; among equals, the latest declaration.
    return max(reversed(fitting), key=lambda rule: rule.precision, default=None)


def is_nondifferentiable(function: Any, is_complex: bool = False) -> bool:
    """Whether a function was declared to have no derivative (its result is treated as a constant).

    One that has a rule as well, such as ``np.sign``, is a step function of real arguments alone.
    """
    if not is_hashable(function) or not _loaded(function) or function not in _nondifferentiable:
        return False
    return not (is_complex and _has_derivative(function))


def has_rule(function: Any) -> bool:
    """Whether any rule is registered for a function."""
    return is_hashable(function) and _loaded(function) and _has_derivative(function)


def rules() -> list[Rule]:
    """All registered rules, in the order of their declaration by function."""
    return [rule for declared in _rules.values() for rule in declared]


def is_constant(value: Any) -> bool:
    """A rule's question whether the program's text fixes a value; the generator answers it, a direct call says no.

    >>> is_constant(2)
    False
    """
    return False


def _declare(
    function: Callable[..., Any], form: Form, kinds: str | None, arguments: tuple[str, ...] | None, broadcasts: bool
) -> Callable[[Derivative], Derivative]:
    pattern = None if kinds is None else tuple(_parse_dimensions(part) for part in kinds.split(","))

    def register(derivative: Derivative) -> Derivative:
        check_parameters(derivative, form)
        rule = Rule(function, form, derivative, pattern, arguments, broadcasts)
        _rules.setdefault((function, form), []).append(rule)
        if form == "definition":
            _definitions.add(derivative)
        return derivative

    return register


def _parse_dimensions(text: str) -> Dimensions:
    match = re.fullmatch(r"(\d+|n)d(\+?)", text.strip())
    if match is None:
        raise ValueError(f"kinds are written like '2d', '3d+' or 'nd', not {text.strip()!r}")
    if match[1] == "n":
        return Dimensions(0, None)
    return Dimensions(int(match[1]), None if match[2] else int(match[1]))


def is_hashable(value: Any) -> bool:
    """Whether a value can be looked up in a table; only what can may be a function that is known."""
    try:
        hash(value)
    except TypeError:
        return False
    return True


def _has_derivative(function: Any) -> bool:
    return any((function, form) in _rules for form in ("partials", "adjoint", "tangent"))


def _is_known(function: Any) -> bool:
    return (function, "definition") in _rules or _has_derivative(function)


def _loaded(function: Any) -> bool:
    """Load what rules there are for parts of SciPy in use, if the function is not known yet; always true."""
    if function not in _nondifferentiable and not _is_known(function):
        for library in [name for name in _on_demand if name in sys.modules]:
            for rules_of_library in _on_demand.pop(library):
                importlib.import_module(rules_of_library)
    return True
