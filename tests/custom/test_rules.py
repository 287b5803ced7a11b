"""Functions with derivative rules of their own: `custom_vjp` and `custom_jvp`."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import pytest

from srcgrad import MissingRuleError, SrcgradError, UnsupportedError, custom_jvp, custom_vjp, grad, vjp

# ---- reverse rules ----


@custom_vjp
def wave(x, y):
    return np.sin(x) * y


def wave_fwd(x, y):
    return wave(x, y), (np.cos(x), np.sin(x), y)


def wave_bwd(residuals, z_bar):
    cos_x, sin_x, y = residuals
    return 10.0 * z_bar * cos_x * y, z_bar * sin_x


wave.defvjp(wave_fwd, wave_bwd)


def squared(x, y):
    z = wave(x, y)
    return z * z


def repeated(x, y):
    z = 0.0
    for _ in range(3):
        z = wave(z + x, y)
    return z


def by_hand(x, y):
    """The gradient of ``repeated`` with respect to x, where each call's derivative is ten times what it is."""
    zs = [0.0]
    for _ in range(3):
        zs.append(np.sin(zs[-1] + x) * y)
    x_bar, z_bar = 0.0, 1.0
    for z in reversed(zs[:-1]):
        z_bar = 10.0 * z_bar * np.cos(z + x) * y
        x_bar += z_bar
    return x_bar


def test_the_rule_is_used_and_not_the_text():
    x, y = 0.4, 1.5
    x_bar, y_bar = grad(squared, argnums=(0, 1))(x, y)
    z = np.sin(x) * y
    assert x_bar == pytest.approx(20.0 * z * np.cos(x) * y)
    assert y_bar == pytest.approx(2.0 * z * np.sin(x))
    assert grad(repeated)(x, y) == pytest.approx(by_hand(x, y))
    assert squared(x, y) == z * z


def test_the_generated_code_calls_the_users_functions_and_nothing_more():
    text = grad(squared, argnums=(0, 1)).source_for(0.4, 1.5)
    assert "z, residuals = wave_fwd(x, y)\n" in text
    assert "x_bar, y_bar = wave_bwd(residuals, z_bar)\n" in text


def test_the_function_itself_can_be_differentiated():
    assert grad(wave)(0.4, 1.5) == pytest.approx(15.0 * np.cos(0.4))
    out, pullback = vjp(wave, np.ones(3), np.arange(3.0))
    np.testing.assert_array_equal(out, np.sin(1.0) * np.arange(3.0))
    for factor in (1.0, 2.0):
        x_bar, _ = pullback(factor * np.ones(3))
        np.testing.assert_allclose(x_bar, 10.0 * factor * np.cos(1.0) * np.arange(3.0))


def test_none_stands_for_zero():
    @custom_vjp
    def clipped(x, low, high):
        return x

    clipped.defvjp(lambda x, low, high: (x, (low, high)), lambda r, x_bar: (np.clip(x_bar, *r), None, None))

    def loss(x, low):
        return np.sum(10.0 * clipped(x, low, 1.0)) + low

    x_bar, low_bar = grad(loss, argnums=(0, 1))(np.ones(3), -1.0)
    np.testing.assert_array_equal(x_bar, np.ones(3))
    assert low_bar == 1.0


def test_a_rule_may_return_one_adjoint_for_one_argument():
    @custom_vjp
    def doubled(x):
        return 2.0 * x

    doubled.defvjp(lambda x: (2.0 * x, None), lambda residuals, z_bar: 3.0 * z_bar)
    np.testing.assert_array_equal(grad(lambda x: np.sum(doubled(x)))(np.ones(1)), [3.0])


def test_undifferentiated_arguments_come_first_by_position_or_name():
    @custom_vjp(nondiff_argnums=(0, "times"))
    def applied(function, x, times):
        for _ in range(times):
            x = function(x)
        return x

    def bwd(function, times, residuals, z_bar):
        assert function is np.sin and times == 3
        return (residuals * z_bar,)

    applied.defvjp(lambda function, x, times: (applied(function, x, times), 7.0), bwd)
    assert grad(lambda x: applied(np.sin, x, times=3))(0.5) == 7.0
    assert applied.undifferentiated == ("function", "times")


def test_as_a_decorator_made_by_partial():
    @functools.partial(custom_vjp, nondiff_argnums=(1,))
    def power(x, n):
        return x**n

    power.defvjp(lambda x, n: (x**n, x), lambda n, x, z_bar: (n * x ** (n - 1) * z_bar,))
    assert grad(lambda x: power(x, 3))(2.0) == 12.0


@dataclass
class Line:
    slope: np.ndarray
    start: float


def test_arguments_and_results_may_be_containers():
    @custom_vjp
    def line(parameters, x):
        return {"y": parameters.slope * x + parameters.start, "name": "line"}

    def bwd(residuals, bar):
        parameters, x = residuals
        assert isinstance(bar, dict)
        return Line(bar["y"] * x, np.sum(bar["y"])), bar["y"] * parameters.slope

    line.defvjp(lambda parameters, x: (line(parameters, x), (parameters, x)), bwd)

    def loss(parameters, x):
        return np.sum(line(parameters, x)["y"] ** 2)

    found, x_bar = grad(loss, argnums=(0, 1))(Line(np.ones(2), 0.5), np.arange(2.0))
    assert isinstance(found, Line)
    np.testing.assert_array_equal(found.slope, [0.0, 3.0])
    assert found.start == 4.0
    np.testing.assert_array_equal(x_bar, [1.0, 3.0])


def test_several_results():
    @custom_vjp
    def both(x, y):
        return x * y, x + y

    both.defvjp(lambda x, y: (both(x, y), (x, y)), lambda r, g: (g[0] * r[1] + g[1], g[0] * r[0] + g[1]))

    def unpacked(x, y):
        product, total = both(x, y)
        return product * product + total

    def kept(x, y):
        pair = both(x, y)
        return pair[0] * pair[0] + pair[1]

    assert grad(unpacked, argnums=(0, 1))(2.0, 3.0) == (37.0, 25.0)
    assert grad(kept, argnums=(0, 1))(2.0, 3.0) == (37.0, 25.0)


class Rectifier:
    def __init__(self, scale):
        self.scale = scale

    @custom_vjp
    def apply(self, x):
        return np.maximum(x, 0.0) * self.scale

    def fwd(self, x):
        return self.apply(x), (self, x)

    def bwd(residuals, z_bar):
        self, _ = residuals
        return None, z_bar * self.scale

    apply.defvjp(fwd, bwd)

    def __call__(self, x):
        return np.sum(self.apply(x))


def test_methods():
    rectifier = Rectifier(2.0)
    np.testing.assert_array_equal(rectifier.apply(np.array([-1.0, 1.0])), [0.0, 2.0])
    np.testing.assert_array_equal(grad(rectifier)(np.array([-1.0, 1.0])), [2.0, 2.0])


# ---- forward rules, transposed ----


@custom_jvp
def log1pexp(x):
    return np.log1p(np.exp(x))


@log1pexp.defjvp
def log1pexp_jvp(primals, tangents):
    (x,), (x_dot,) = primals, tangents
    return log1pexp(x), x_dot / (1.0 + np.exp(-x))


@custom_jvp
def mixed(x, y):
    return np.sin(x) * y


@mixed.defjvp
def mixed_jvp(primals, tangents):
    x, y = primals
    x_dot, y_dot = tangents
    return mixed(x, y), 10.0 * np.cos(x) * y * x_dot + np.sin(x) * y_dot


def mixed_loop(x, y):
    z = 0.0
    for _ in range(3):
        z = mixed(z + x, y)
    return z


def test_a_forward_rule_serves_reverse_mode():
    assert grad(log1pexp)(0.0) == 0.5
    with np.errstate(over="ignore"):
        assert grad(log1pexp)(800.0) == 1.0
    assert grad(mixed_loop)(0.4, 1.5) == pytest.approx(by_hand(0.4, 1.5))
    x_bar, y_bar = grad(lambda x, y: np.sum(mixed(x, y) ** 2), argnums=(0, 1))(np.ones(2), np.arange(2.0))
    np.testing.assert_allclose(x_bar, 20.0 * np.sin(1.0) * np.cos(1.0) * np.arange(2.0) ** 2)
    np.testing.assert_allclose(y_bar, 2.0 * np.sin(1.0) ** 2 * np.arange(2.0))


def test_the_transposed_rule_reads_like_the_rule():
    text = grad(lambda x, y: mixed(x, y), argnums=(0, 1)).source_for(0.4, 1.5)
    assert "def mixed_transpose(result_bar, x, y):" in text
    assert "primals" not in text and "tangents" not in text
    assert "x_bar, y_bar = mixed_transpose(1.0, x, y)" in text


def test_items_of_the_tuples_by_index():
    @custom_jvp
    def scaled(x, factor):
        return x * factor

    @scaled.defjvp
    def scaled_jvp(primals, tangents):
        return scaled(*primals), 5.0 * tangents[0] * primals[1] + tangents[1] * primals[0]

    assert grad(scaled, argnums=(0, 1))(2.0, 3.0) == (15.0, 2.0)


def test_rules_over_containers():
    @custom_jvp
    def line(parameters, x):
        return parameters.slope * x + parameters.start

    @line.defjvp
    def line_jvp(primals, tangents):
        parameters, x = primals
        dot, x_dot = tangents
        return line(parameters, x), dot.slope * x + parameters.slope * x_dot + dot.start

    found = grad(lambda parameters, x: np.sum(line(parameters, x) ** 2))(Line(np.ones(2), 0.5), np.arange(2.0))
    assert isinstance(found, Line)
    np.testing.assert_array_equal(found.slope, [0.0, 3.0])
    assert found.start == 4.0


def test_undifferentiated_arguments_of_a_forward_rule():
    @custom_jvp(nondiff_argnums=(0,))
    def applied(function, x):
        return function(x)

    @applied.defjvp
    def applied_jvp(function, primals, tangents):
        return applied(function, *primals), 4.0 * function(primals[0]) * tangents[0]

    assert grad(lambda x: applied(np.sin, x * x))(2.0) == pytest.approx(16.0 * np.sin(4.0))


# ---- what is refused ----


@custom_vjp
def without_rule(x):
    return x


@custom_jvp
def without_forward_rule(x):
    return x


@pytest.mark.parametrize("function", [without_rule, without_forward_rule])
def test_no_rule(function):
    with pytest.raises(MissingRuleError, match="without a rule") as caught:
        grad(lambda x: function(x) * 2.0)(1.0)
    assert isinstance(caught.value, NotImplementedError)
    assert __file__ in str(caught.value) and "^" in str(caught.value)
    assert function(1.0) == 1.0


BAD_RULES = [
    (lambda r, g: (g, g), "returns 2 adjoints for 1 arguments"),
    (lambda r, g: (np.sum(g),), "an adjoint of 0 dimensions for 'x', which has 1"),
    (lambda r, g: np.stack([g, g]), "an adjoint of 2 dimensions for 'x', which has 1"),
]


@pytest.mark.parametrize(("bwd", "message"), BAD_RULES)
def test_adjoints_that_do_not_fit(bwd, message):
    @custom_vjp
    def doubled(x):
        return x * 2.0

    doubled.defvjp(lambda x: (x * 2.0, None), bwd)
    with pytest.raises(UnsupportedError, match=message):
        grad(lambda x: np.sum(doubled(x)))(np.ones(2))


def test_a_forward_function_that_returns_no_pair():
    @custom_vjp
    def doubled(x):
        return x * 2.0

    doubled.defvjp(lambda x: x * 2.0, lambda r, g: (g,))
    with pytest.raises(UnsupportedError, match="does not return a pair"):
        grad(lambda x: np.sum(doubled(x)))(np.ones(2))


def test_a_rule_that_is_not_linear():
    @custom_jvp
    def same(x):
        return x

    @same.defjvp
    def same_jvp(primals, tangents):
        return primals[0], tangents[0] * tangents[0]

    with pytest.raises(UnsupportedError, match="not linear"):
        grad(same)(1.0)


def test_an_undifferentiated_argument_that_varies():
    @custom_vjp(nondiff_argnums=("n",))
    def power(x, n):
        return x**n

    power.defvjp(lambda x, n: (x**n, x), lambda n, x, z_bar: (n * x ** (n - 1) * z_bar,))
    with pytest.raises(UnsupportedError, match="not differentiated with respect to 'n'"):
        grad(lambda n: power(2.0, n))(3.0)


@pytest.mark.parametrize("decorator", [custom_vjp, custom_jvp])
def test_what_the_decorators_refuse(decorator):
    with pytest.raises(SrcgradError, match="takes a function"):
        decorator(1.0)
    with pytest.raises(ValueError, match="no parameter of"):
        decorator(lambda x: x, nondiff_argnums=(1,))
    with pytest.raises(ValueError, match="its parameters are x"):
        decorator(lambda x: x, nondiff_argnums="y")
