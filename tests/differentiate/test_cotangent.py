"""Cotangents fit what they are added to: broadcast axes are summed, numbers are broadcast, kinds decide which."""

from __future__ import annotations

import gast
import numpy as np
import pytest

from srcgrad.differentiate.cotangent import Cotangent, fitted, may_be_singular
from srcgrad.kind import Array, Scalar
from srcgrad.syntax.build import name, parse_expression
from srcgrad.syntax.printer import print_tree
from tests.differentiate.deriving import check, sweeps

FLOAT = Scalar("float64", True)


def array(*dims: int | str) -> Array:
    """An array of floats with these lengths."""
    return Array("float64", dims)


@pytest.mark.parametrize(
    ("kind", "target", "expected"),
    [
        (FLOAT, FLOAT, "g"),
        (array("n"), array("n"), "g"),
        (FLOAT, array("n"), "g"),
        (array("n"), FLOAT, "np.sum(g)"),
        (array("n", "m"), FLOAT, "np.sum(g)"),
        (array("n", "m"), array("m"), "np.sum(g, axis=0)"),
        (array("k", "n", "m"), array("m"), "np.sum(g, axis=(0, 1))"),
        (array("n", "m"), array("n", 1), "np.sum(g, axis=1, keepdims=True)"),
        (array("n", "m"), array(1, 1), "np.sum(g, axis=(0, 1), keepdims=True)"),
        (array("m"), array("n", "m"), "g"),
        (array(1, "m"), array("n", "m"), "g"),
        (array("n"), array("m"), "sum_to(g, x.shape)"),
        (array("n", "m"), array("n"), "sum_to(g, x.shape)"),
    ],
)
def test_fitted(kind, target, expected):
    found, _ = fitted(name("g"), kind, target, name("x"))
    assert print_tree(gast.Expr(found)).strip() == expected


def test_signs_and_numbers_are_applied_to_the_sum():
    found, _ = fitted(parse_expression("-(2.0 * g)"), array("n"), FLOAT, name("x"))
    assert print_tree(gast.Expr(found)).strip() == "-2.0 * np.sum(g)"


def test_complex_cotangents_of_real_values_are_real():
    found, kind = fitted(name("g"), Array("complex128", ("n",)), array("n"), name("x"))
    assert print_tree(gast.Expr(found)).strip() == "np.real(g)"
    assert kind == array("n")


@pytest.mark.parametrize(
    ("factor", "expected"), [("2.0", False), ("-0.5", False), ("x", True), ("np.exp(x)", True), ("1.0 / x", True)]
)
def test_factors_that_may_be_singular(factor, expected):
    assert may_be_singular(parse_expression(factor)) is expected


def test_masks_are_applied_only_behind_singular_factors():
    masked = Cotangent(name("g"), array("n"), name("c"))
    harmless = masked.times(parse_expression("2.0"), parse_expression("2.0 * g"), array("n"))
    assert print_tree(gast.Expr(harmless.masked())).strip() == "2.0 * g"
    singular = masked.times(parse_expression("1.0 / x"), parse_expression("g / x"), array("n"))
    assert print_tree(gast.Expr(singular.masked())).strip() == "np.where(c, g / x, 0.0)"


M = np.array([[0.5, 1.1, 0.7], [1.3, 0.4, 0.9]])
V = np.array([0.6, 1.2, 0.8])
COLUMN = np.array([[0.3], [0.7]])


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (lambda x, y: np.sum(x * y), (M, V)),
        (lambda x, y: np.sum(x * y), (M, COLUMN)),
        (lambda x, y: np.sum(x * y), (COLUMN, V)),
        (lambda x, y: np.sum(x / y), (0.7, M)),
        (lambda x, y: np.sum(x / y), (M, 0.7)),
        (lambda x, y: np.sum(x - y * y), (V, M)),
        (lambda x, y: np.mean((x + y) ** 2), (V, V[:1])),
        (lambda x, y: np.sum(np.where(x > 0.6, x, y)), (M, V)),
        (lambda x, y: np.sum(np.where(x > 0.6, x, y)), (M, 0.5)),
        (lambda x, y: np.sum(np.maximum(x, y) * x), (M, V)),
        (lambda x, y: np.sum(x @ V * y), (M, V[:2])),
        (lambda x, y: np.sum((x + y)[0] * V), (M, V)),
        (lambda x, y: np.sum(np.exp(x)) * y, (V, 0.5)),
        (lambda x, y: np.sum(x) + np.sum(y, axis=0)[1] * x[0], (V, M)),
        (lambda x, y: np.sum(np.sum(y, axis=1, keepdims=True) * y * x), (V, M)),
        (lambda x, y: np.sum(x * np.ones((2, 3)) * y), (0.7, 1.2)),
    ],
)
def test_broadcasting(function, arguments):
    check(function, *arguments)


def test_no_helper_where_kinds_say_that_shapes_agree():
    def agreeing(x):
        y = np.sin(x)
        return np.sum(x * y + y / x)

    assert not any("sum_to" in line or "broadcast_to" in line for line in sweeps(agreeing, V)[1])


def test_the_side_not_taken_contributes_nothing():
    from srcgrad import grad

    def guarded(x):
        return np.sum(np.where(x > 0.0, np.sqrt(x), x * x))

    with np.errstate(all="ignore"):
        found = grad(guarded)(np.array([-1.0, 0.0, 4.0]))
    assert np.array_equal(found, [-2.0, 0.0, 0.25])
