"""What the inference of kinds promises beyond being right: sharp lengths, decided tests, facts of calls, errors."""

from __future__ import annotations

from typing import Any

import gast
import numpy as np
import pytest

from srcgrad.analyse.kinds import CallFact, Kinds, join, kind_of, symbols
from srcgrad.errors import ArgumentTypeError, UnsupportedError
from srcgrad.kind import ANY_LENGTH, Array, Constant, DictOf, Function, Kind, Maybe, Number, Scalar, SequenceOf, TupleOf
from tests.analyse.observing import inferred

FLOAT, INTEGER = Scalar("float64", True), Scalar("int64", True)
VECTOR, MATRIX = np.ones(4), np.ones((3, 4))
SCALE = 2.0
TABLE = np.ones(3)


def kinds_of(function: Any, **arguments: Any) -> Kinds:
    return inferred(function, arguments)[0]


def dims(kind: Kind) -> Any:
    assert isinstance(kind, Array), kind
    return kind.dims


# ---- lengths ----


@pytest.mark.parametrize(
    ("left", "right", "total", "product"),
    [
        ("n", 2, "n + 2", "2 * n"),
        ("n", "n", "2 * n", "n * n"),
        ("n", "m", "m + n", "m * n"),
        ("n - 2", 2, "n", "2 * n - 4"),
        ("2 * n - 1", "1 - 0", None, None),
        (3, 4, 7, 12),
        ("n", "-n", 0, "-n * n"),
    ],
)
def test_arithmetic_of_lengths(left: Any, right: Any, total: Any, product: Any) -> None:
    if total is not None:
        assert symbols.add(left, right) == total == symbols.add(right, left)
        assert symbols.multiply(left, right) == product == symbols.multiply(right, left)


def test_lengths_that_divide() -> None:
    assert symbols.divide("m * n", "n") == "m"
    assert symbols.divide("2 * n", 2) == "n"
    assert symbols.divide("n + 1", 2) is None
    assert symbols.divide("n", "m") is None


def test_broadcast_lengths() -> None:
    assert symbols.broadcast("n", 1) == "n"
    assert symbols.broadcast(3, "n") == 3
    assert symbols.broadcast("n", "m") == symbols.broadcast("m", "n")
    assert symbols.broadcast(symbols.broadcast("n", "m"), "n") == symbols.broadcast("n", "m")


def test_slices_of_one_array_have_one_length() -> None:
    def f(x):
        a, b, c = x[1:-1], x[2:], x[:-2]
        d = x[1 : x.size - 1]
        return a + b + c + d

    kinds = kinds_of(f, x=VECTOR)
    assert dims(kinds.result) == ("x.shape[0] - 2",)


def test_slices_that_may_differ_are_told_apart() -> None:
    def f(x, y, k):
        return x[:k] + y[:k], x[:k] * x[:k], x[k:], x[1:3]

    kinds = kinds_of(f, x=VECTOR, y=VECTOR, k=2)
    assert isinstance(kinds.result, TupleOf)
    both, same, rest, part = (dims(kind)[0] for kind in kinds.result.elements)
    assert both.startswith("broadcast(")
    assert same == "len(x.shape[0][:k])"
    assert len({both, same, rest, part}) == 4


def test_a_bound_that_may_count_from_the_end_is_no_plain_length() -> None:
    # With x.size == 2, x[: x.size - 3] is x[:-1], which has one element.
    def f(x):
        return x[: x.size - 3], x[3:]

    kinds = kinds_of(f, x=VECTOR)
    assert isinstance(kinds.result, TupleOf)
    first, second = kinds.result.elements
    assert dims(first) != dims(second)


def test_lengths_through_functions() -> None:
    def f(X, y, n):
        w = np.linalg.inv(X.T @ X) @ (X.T @ y)
        s = np.sort(y) + np.cumsum(y)
        z = np.concatenate([np.zeros(n), np.ones(2)])
        return (
            w,
            s,
            z,
            np.diff(y),
            X.reshape(-1),
            np.stack([y, y]),
            np.sum(X, axis=0),
            X[:, None].shape,
            np.arange(2, n),
        )

    result = kinds_of(f, X=MATRIX, y=np.ones(3), n=5).result
    assert isinstance(result, TupleOf)
    w, s, z, difference, flat, stacked, total, shape, counted = result.elements
    assert dims(w) == ("X.shape[1]",)
    assert dims(s) == ("y.shape[0]",)
    assert dims(z) == ("n + 2",)
    assert dims(difference) == ("y.shape[0] - 1",)
    assert dims(flat) == ("X.shape[0] * X.shape[1]",)
    assert dims(stacked) == (2, "y.shape[0]")
    assert dims(total) == ("X.shape[1]",)
    assert isinstance(shape, TupleOf) and len(shape.elements) == 3
    assert dims(counted) == ("n - 2",)


def test_data_dependent_lengths_are_equal_to_none() -> None:
    def f(x):
        return np.nonzero(x)[0], x[x > 0.0], x[x < 0.0], np.unique(x)

    result = kinds_of(f, x=VECTOR).result
    assert isinstance(result, TupleOf)
    found = [dims(kind) for kind in result.elements]
    assert len(set(found)) == 4 and ("x.shape[0]",) not in found


def test_two_calls_of_one_function_have_two_lengths() -> None:
    def positive(x):
        return x[x > 0.0]

    def f(x, y):
        return positive(x), positive(x)

    result = kinds_of(f, x=VECTOR, y=VECTOR).result
    assert isinstance(result, TupleOf)
    assert dims(result.elements[0]) != dims(result.elements[1])


def test_a_length_of_the_last_trip_is_not_that_of_this_trip() -> None:
    def f(x, n):
        previous = x
        total = 0.0
        for k in range(n):
            chosen = x[x > k]
            total += np.sum(chosen) * previous.size
            pair = (previous, chosen)
            previous = chosen
        return pair

    result = kinds_of(f, x=VECTOR, n=3).result
    assert isinstance(result, TupleOf)
    assert dims(result.elements[0]) != dims(result.elements[1])


def test_elements_of_a_list_may_differ_in_length() -> None:
    def f(x, n):
        parts = []
        for k in range(n):
            parts.append(x[:k])
        return parts[0], parts[1]

    result = kinds_of(f, x=VECTOR, n=3).result
    assert isinstance(result, TupleOf)
    assert dims(result.elements[0]) != dims(result.elements[1])


# ---- joins ----


def test_joins() -> None:
    assert join(INTEGER, FLOAT) == Scalar("float64", True)
    assert join(FLOAT, Scalar("float64", False)) == Scalar("float64", None)
    assert join(Scalar("float64", True, 0.0), Scalar("float64", True, -0.0)) == FLOAT
    assert join(FLOAT, Array("float64", ("n",))) == Number("float64", ("n",))
    assert join(Array("float64", ("n",)), Array("float32", ("m",))) == Array("float64", (ANY_LENGTH,))
    assert join(Array("float64", ("n",)), Array("float64", ("n", 2))) == Array("float64", None)
    assert join(Constant(None), FLOAT) == Maybe(FLOAT)
    assert join(Maybe(FLOAT), INTEGER) == Maybe(Scalar("float64", True))


def test_what_accumulates_from_zero_keeps_its_lengths() -> None:
    def f(X, n):
        total = 0.0
        for i in range(n):
            total = total + X[i]
        return total, total + X[0]

    result = kinds_of(f, X=MATRIX, n=3).result
    assert isinstance(result, TupleOf)
    assert result.elements == (Number("float64", ("X.shape[1]",)), Array("float64", ("X.shape[1]",)))


# ---- decided tests and calls ----


def test_tests_are_decided_by_kinds() -> None:
    def f(x, axis=None):
        if axis is None:
            y = np.sum(x)
        else:
            y = np.sum(x, axis=axis)
        return y if x.ndim == 1 else "never"

    function_tree = inferred(f, {"x": VECTOR, "axis": None})
    kinds, tree = function_tree
    assert kinds.result == Scalar("float64", False)
    tests = {node.test for node in gast.walk(tree) if isinstance(node, (gast.If, gast.IfExp))}
    assert {kinds.decided[test] for test in tests} == {True}


def test_a_flag_that_changes_in_a_loop_decides_nothing() -> None:
    def f(x, n):
        first = True
        for _ in range(n):
            if first:
                x = 2.0 * x
            first = False
        return x

    assert kinds_of(f, x=1.0, n=2).decided == {}


def callee(x, scale=1.0):
    return x * scale * SCALE


def targets(kinds: Kinds) -> list[Any]:
    return [target for fact in kinds.calls.values() for target in fact.targets]


def test_facts_of_calls() -> None:
    def f(x, flag):
        chosen = np.sin if flag else callee
        return chosen(x) + x.sum() + (lambda v: v)(x)

    kinds = kinds_of(f, x=VECTOR, flag=True)
    functions = {getattr(target.function, "__name__", "lambda"): target for target in targets(kinds)}
    assert set(functions) == {"sin", "callee", "sum", "lambda"}
    assert functions["sum"].function is np.sum and functions["sum"].bound
    assert functions["callee"].parameters == {"x": kind_of(VECTOR, "x"), "scale": FLOAT}
    inside = functions["callee"].inside()
    assert dims(inside.result) == ("x.shape[0]",)
    assert functions["sin"].parameters is None
    assert all(isinstance(fact, CallFact) for fact in kinds.calls.values())


def test_reads_of_the_environment() -> None:
    def f(x):
        return callee(x) + np.sum(TABLE)

    kinds = kinds_of(f, x=1.0)
    reads = {read.name: read for read in kinds.reads}
    assert set(reads) >= {"callee", "SCALE", "TABLE"}
    assert all(read.is_current() for read in kinds.reads)
    namespace = f.__globals__
    try:
        namespace["SCALE"] = 3.0
        assert reads["SCALE"].is_current()
        namespace["SCALE"] = 3
        assert not reads["SCALE"].is_current()
        namespace["TABLE"] = np.ones(7)
        assert reads["TABLE"].is_current()
        namespace["TABLE"] = np.ones((7, 1))
        assert not reads["TABLE"].is_current()
        namespace["callee"] = test_joins
        assert not reads["callee"].is_current()
    finally:
        namespace.update(SCALE=SCALE, TABLE=TABLE, callee=reads["callee"].kind.targets[0])


def test_new_expressions() -> None:
    def f(x, n):
        a = np.sin(x)
        return np.sum(a) * n

    kinds = kinds_of(f, x=VECTOR, n=3)
    expression = gast.parse("a_bar * np.cos(a)", mode="eval").body
    assert kinds.evaluate(expression, {"a_bar": Array("float64", ("x.shape[0]",))}) == Array("float64", ("x.shape[0]",))
    assert kinds.evaluate(gast.parse("no_such_name + 1", mode="eval").body) is not None


# ---- kinds of values ----


def test_kinds_of_values() -> None:
    assert kind_of(1.0, "x") == FLOAT
    assert kind_of(3, "n") == Scalar("int64", True, symbol="n")
    assert kind_of(np.float32(1.0), "x") == Scalar("float32", False)
    assert kind_of(MATRIX, "X") == Array("float64", ("X.shape[0]", "X.shape[1]"))
    assert kind_of(np.array(1.0), "x") == Array("float64", ())
    assert kind_of(None, "x") == Constant(None)
    assert kind_of((1.0, VECTOR), "t") == TupleOf((FLOAT, Array("float64", ("t[1].shape[0]",))))
    listed = kind_of([1.0, 2], "v")
    assert isinstance(listed, SequenceOf) and listed.element == FLOAT and len(listed.elements or ()) == 2
    mapped = kind_of({"w": VECTOR}, "p")
    assert isinstance(mapped, DictOf) and mapped.entries is not None and mapped.entries[0][0] == "w"
    assert kind_of(np.sin, "f") == Function((np.sin,))


def test_a_value_that_holds_itself_has_a_kind() -> None:
    value: list[Any] = [1.0]
    value.append(value)
    assert isinstance(kind_of(value, "v"), SequenceOf)


# ---- errors ----


def test_misspelt_names_are_reported_before_the_run() -> None:
    def f(x):
        return np.sinus(x)

    with pytest.raises(UnsupportedError, match="has no 'sinus'"):
        kinds_of(f, x=1.0)

    def g(x):
        return calee(x)  # noqa: F821

    with pytest.raises(UnsupportedError) as caught:
        kinds_of(g, x=1.0)
    assert "'calee' is not defined" in str(caught.value) and "'callee'" in str(caught.value)


def test_wrong_calls_are_reported_before_the_run() -> None:
    def f(x):
        return callee(x, 1.0, 2.0)

    with pytest.raises(ArgumentTypeError, match="at most 2"):
        kinds_of(f, x=1.0)


def test_what_would_change_kinds_behind_our_back_is_refused() -> None:
    def f(x):
        x.shape = (2, 2)
        return np.sum(x)

    with pytest.raises(UnsupportedError, match="shape of an array"):
        kinds_of(f, x=VECTOR)

    def g(x):
        np.anything = x
        return x

    with pytest.raises(UnsupportedError, match="modules and classes"):
        kinds_of(g, x=1.0)


def test_what_may_never_run_is_not_reported() -> None:
    def f(x):
        if x.ndim == 2:
            return np.sinus(x)
        return np.sum(x)

    assert kinds_of(f, x=VECTOR).result == Scalar("float64", False)


def test_deeply_nested_loops_take_no_time() -> None:
    def f(x, n):
        s = 0.0
        for a in range(n):
            for b in range(n):
                for c in range(n):
                    for d in range(n):
                        for e in range(n):
                            for g in range(n):
                                for h in range(n):
                                    for i in range(n):
                                        s = s + x[a] * x[b] * c * d * e * g * h * i
        return s

    kinds = kinds_of(f, x=VECTOR, n=2)
    assert kinds.result == Scalar("float64", None)
