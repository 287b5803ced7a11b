from __future__ import annotations

import math
import warnings
from dataclasses import dataclass

import numpy as np
import pytest

from srcgrad import SrcgradError, rules
from srcgrad.checking import GradientCheckError, GradientCheckWarning, check_grads


def silent(*arguments, **options):
    """check_grads without a warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_grads(*arguments, **options)


def energy(x, y):
    return np.sum(np.sin(x) * y) + y**2


def test_right_gradients_pass():
    silent(energy, (np.linspace(0.1, 1.0, 4), 2.0))
    silent(lambda x: 3.0 * x, (np.ones((2, 3)),))
    silent(lambda x: np.exp(0.5 * x), (1.5,))
    silent(lambda a, b: a @ b, (np.arange(6.0).reshape(2, 3), np.ones(3)))
    silent(energy, (np.linspace(0.1, 1.0, 4, dtype=np.float32), 2.0))
    silent(lambda x, n: np.sum(x) ** n, (np.ones(100), 2))


def test_the_caller_keeps_his_arguments():
    def fill(x):
        x = x * 1.0
        x[0] = 2.0 * x[1]
        return np.sum(x * x)

    x = np.array([1.0, 2.0, 3.0])
    silent(fill, (x,))
    assert x.tolist() == [1.0, 2.0, 3.0]


@dataclass
class Spring:
    stiffness: float
    ends: np.ndarray
    count: int


def test_containers():
    def stored(spring, weights):
        return weights[0] * spring.stiffness * np.sum(spring.ends**2) + np.sum(weights[1]["b"]) * spring.stiffness

    silent(stored, (Spring(2.0, np.array([1.0, 2.0]), 3), (0.5, {"b": np.ones(2), "name": "w"})))


def wrong_by(factor, monkeypatch):
    """Let the pullbacks of checking be wrong by a factor, as a wrong rule would make them."""
    from srcgrad.checking import comparison

    right = comparison.vjp

    def wrong(*arguments, **options):
        result, pullback = right(*arguments, **options)
        return result, lambda cotangent: tuple(factor * item for item in pullback(cotangent))

    monkeypatch.setattr(comparison, "vjp", wrong)


def test_wrong_gradients_are_told_entry_by_entry(monkeypatch):
    wrong_by(1.5, monkeypatch)
    with pytest.raises(GradientCheckError) as caught:
        check_grads(energy, (np.array([0.5, 1.5]), 2.0))
    text = str(caught.value)
    assert isinstance(caught.value, AssertionError) and isinstance(caught.value, SrcgradError)
    assert "the gradient of energy disagrees with differences" in text
    assert "x[0]: srcgrad 2.632747686, differences 1.755165124, off by 0.878" in text
    assert "y: srcgrad" in text
    assert "along a random direction: srcgrad" in text


def test_many_wrong_entries_are_cut_short(monkeypatch):
    wrong_by(1.5, monkeypatch)
    with pytest.raises(GradientCheckError, match=r"and \d+ more"):
        check_grads(lambda x: np.sum(x * x), (np.ones(500),))


def test_small_errors_are_found(monkeypatch):
    wrong_by(1.0 + 1e-5, monkeypatch)
    with pytest.raises(GradientCheckError):
        check_grads(energy, (np.array([0.5, 1.5]), 2.0))


def test_kinks_are_told_and_any_slope_between_is_right():
    with pytest.warns(GradientCheckWarning, match="-1 to the left, 1 to the right"):
        check_grads(lambda x: abs(x), (0.0,))
    silent(lambda x: abs(x), (0.1,))


def test_an_integer_in_a_differentiated_position_is_a_float():
    silent(lambda x, n: x * n, (2.0, 3), argnums="n")
    silent(lambda x, n: x * n, (2.0, 3), argnums=(0, 1))


def test_methods_and_functions_without_a_signature():
    class Model:
        def loss(self, x):
            return np.sum(x**2)

    silent(Model().loss, (np.ones(2),))
    silent(np.sin, (0.5,))


def test_complex_arguments():
    silent(lambda z: np.sum(np.abs(z) ** 2), (np.array([1 + 2j, 0.5j]),))


def test_differences_that_do_not_settle_are_told():
    with pytest.warns(GradientCheckWarning):
        check_grads(lambda x: x * np.sin(1e7 * x) * 1e-3, (1.0,))


def test_jumps_are_told():
    with pytest.warns(GradientCheckWarning):
        check_grads(lambda x: x + np.floor(x), (2.0,))


def test_wrong_gradients_at_kinks(monkeypatch):
    wrong_by(3.0, monkeypatch)
    with pytest.raises(GradientCheckError, match="the slopes at this kink are 1 and 3"):
        check_grads(lambda x: abs(x) + 2.0 * x, (0.0,))


def test_steep_and_curved_functions_are_no_kinks():
    silent(lambda x: np.exp(20.0 * x), (1.0,))
    silent(lambda x: x**8, (30.0,))
    silent(lambda x: 1.0 / x, (0.01,))
    silent(lambda x: np.sqrt(x), (1e-3,))
    silent(lambda x: math.log(x), (1e-3,))
    silent(lambda x: abs(x) * x, (0.0,))


def test_what_it_does_not_do():
    with pytest.raises(SrcgradError, match="no mode 'sideways'"):
        check_grads(energy, (np.ones(2), 2.0), modes=("sideways",))
    with pytest.raises(SrcgradError, match="order 0"):
        check_grads(energy, (np.ones(2), 2.0), order=0)


def test_forward_mode_and_second_order() -> None:
    check_grads(lambda x, y: np.sum(np.sin(x) * y), (np.array([0.5, 1.5]), 2.0), order=2, modes=("fwd", "rev"))


def test_a_wrong_tangent_is_found() -> None:
    def opaque(x):
        return np.sin(x)

    rules.adjoint(opaque)(lambda z_bar, z, x: z_bar * np.cos(x))
    rules.tangent(opaque)(lambda x_dot, z, x: 1.01 * x_dot * np.cos(x))
    with pytest.raises(GradientCheckError, match="forward and reverse mode disagree"):
        check_grads(lambda x: np.sum(opaque(x)), (np.array([0.5, 1.5]),))
