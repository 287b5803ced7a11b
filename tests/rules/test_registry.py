"""How rules are declared and found."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import gast
import numpy as np
import pytest

from srcgrad.rules import adjoint, find, has_rule, is_nondifferentiable, nondifferentiable, partials, tangent
from srcgrad.rules.registry import OPERATORS


def test_the_narrowest_rule_wins() -> None:
    def product(a: Any, b: Any) -> Any:
        return a @ b

    @adjoint(product, kinds="2d, 1d")
    def matrix_vector(z_bar: Any, z: Any, a: Any, b: Any) -> Any:
        return np.outer(z_bar, b), a.T @ z_bar

    @adjoint(product, kinds="1d+, 1d+")
    def arrays(z_bar: Any, z: Any, a: Any, b: Any) -> Any:
        raise NotImplementedError

    @adjoint(product)
    def anything(z_bar: Any, z: Any, a: Any, b: Any) -> Any:
        raise NotImplementedError

    def found(*ndims: int | None) -> Any:
        rule = find(product, "adjoint", ndims)
        return None if rule is None else rule.derivative

    assert found(2, 1) is matrix_vector
    assert found(2, 2) is arrays
    assert found(3, 1) is arrays
    assert found(0, 1) is anything
    assert found(None, 1) is anything
    assert found(2, 1, 0) is None


def test_a_later_declaration_replaces_an_earlier_one() -> None:
    def double(x: Any) -> Any:
        return 2.0 * x

    @partials(double)
    def wrong(z: Any, x: Any) -> Any:
        return 3.0

    @partials(double)
    def right(z: Any, x: Any) -> Any:
        return 2.0

    rule = find(double, "partials")
    assert rule is not None and rule.derivative is right


def test_parameters_of_each_form() -> None:
    def scaled(x: Any, y: Any, *, factor: float = 1.0) -> Any:
        return factor * x * y

    @adjoint(scaled)
    def scaled_adjoint(z_bar: Any, z: Any, x: Any, y: Any, *, factor: float = 1.0) -> Any:
        return factor * z_bar * y, factor * z_bar * x

    @tangent(scaled)
    def scaled_tangent(x_dot: Any, y_dot: Any, z: Any, x: Any, y: Any, *, factor: float = 1.0) -> Any:
        return factor * (x_dot * y + x * y_dot)

    for form in ("adjoint", "tangent"):
        rule = find(scaled, form)  # type: ignore[arg-type]
        assert rule is not None
        assert rule.parameters == ("x", "y", "factor")
        assert rule.most_arguments == 2


def test_wrongly_written_kinds_are_refused() -> None:
    with pytest.raises(ValueError, match="kinds are written like"):
        adjoint(np.sum, kinds="matrix")


def test_nondifferentiable_functions() -> None:
    def count(x: Any) -> int:
        return len(x)

    assert nondifferentiable(count) is count
    assert is_nondifferentiable(count) and not has_rule(count)
    assert is_nondifferentiable(np.argmax) and is_nondifferentiable(len)
    # The sign of a real number is a step, that of a complex number turns with it.
    assert is_nondifferentiable(np.sign) and not is_nondifferentiable(np.sign, is_complex=True)


def test_what_is_not_hashable_has_no_rule() -> None:
    assert not has_rule([]) and not is_nondifferentiable({}) and find([], "adjoint") is None


def test_operators_have_rules() -> None:
    for operator in (gast.Add, gast.Sub, gast.Mult, gast.Div, gast.Mod, gast.Pow, gast.MatMult, gast.USub, gast.UAdd):
        assert has_rule(OPERATORS[operator])
    for operator in (gast.FloorDiv, gast.LtE, gast.NotEq, gast.BitAnd, gast.Invert):
        assert is_nondifferentiable(OPERATORS[operator])


def test_rules_do_not_import_scipy() -> None:
    program = (
        "import sys, srcgrad.rules as rules\n"
        "assert not any(name.startswith('scipy') for name in sys.modules)\n"
        "import scipy.special\n"
        "assert rules.find(scipy.special.erf, 'partials', (1,)) is not None\n"
        "assert rules.is_nondifferentiable(scipy.special.gammasgn)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
