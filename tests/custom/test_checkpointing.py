"""`checkpoint` and `checkpointed`: value and gradient are to the last bit what they are without."""

from __future__ import annotations

import copy
import linecache
import re
import tracemalloc

import numpy as np
import pytest

from srcgrad import UnsupportedError, checkpoint, checkpointed, grad, value_and_grad, vjp
from tests.trees import same

PROGRAMS = []


def prog(*arguments, wrt=0):
    """Enter a function, the arguments of a call, and what it is differentiated with respect to."""

    def enter(function):
        PROGRAMS.append((function, arguments, wrt))
        return function

    return enter


def cell(h, x, W, U):
    return np.tanh(W @ h + U @ x)


class State:
    def __init__(self, x, v):
        self.x = x
        self.v = v


@prog(np.linspace(0, 1, 8), 0.3, 20, wrt=(0, 1))
def stencil(u, k, n):
    for _ in checkpointed(range(n), snapshots=4):
        u[1:-1] += k * (u[2:] - 2.0 * u[1:-1] + u[:-2]) * u[1:-1]
    return np.sum(u * u)


@prog(np.linspace(0, 1, 8), 0.3, 20, wrt=(0, 1))
def buffers(u, k, n):
    v = u.copy()
    for _ in checkpointed(range(n), 4):
        v[1:-1] = u[1:-1] + k * (u[2:] - 2.0 * u[1:-1] + u[:-2]) * u[1:-1]
        u, v = v, u
    return np.sum(u * u)


@prog(2.0)
def newton(a):
    x = a
    while checkpointed(abs(x * x - a) > 1e-12, snapshots=2):
        x = 0.5 * (x + a / x)
    return x


@prog(2.0, 1e-10)
def broken(a, tol):
    x = a
    for n in checkpointed(range(50), snapshots=2):
        step = 0.5 * (x - a / x)
        x = x - step
        if abs(step) < tol:
            break
    return x * n


@prog(np.eye(3) * 0.5, np.ones((3, 2)) * 0.3, np.linspace(0, 1, 14).reshape(7, 2), wrt=(0, 1, 2))
def rnn(W, U, xs):
    h = np.zeros(3)
    for x in checkpointed(xs, snapshots=2):
        h = cell(h, x, W, U)
    return np.sum(h)


@prog(np.eye(3) * 0.5, np.ones((3, 2)) * 0.3, np.linspace(0, 1, 14).reshape(7, 2), np.ones((7, 3)), wrt=(0, 1, 2, 3))
def rnn2(W, U, xs, ts):
    h = np.zeros(3)
    total = 0.0
    for x, t in checkpointed(zip(xs, ts), snapshots=2):
        h = cell(h, x, W, U)
        total += np.sum((h - t) ** 2)
    return total


@prog(1.0, 0.5, wrt=(0, 1))
def history(x, k):
    xs = []
    for i in checkpointed(range(9), snapshots=3):
        x = x - k * x * x * 0.1
        xs.append(x)
    return sum(xs) + x


@prog(1.0, 0.5, wrt=(0, 1))
def nested(x, k):
    for i in checkpointed(range(5), snapshots=2):
        for j in checkpointed(range(4), snapshots=2):
            x = x - k * np.sin(x) * (0.1 + i * j)
        x = x * 1.01
    return x


@prog(1.0, 0.5, wrt=(0, 1))
def last(x, k):
    y = 0.0
    for i in checkpointed(range(7), snapshots=2):
        x = x - k * np.sin(x)
        y = x * k
        if i % 3 == 1:
            z = y * x
    return y * z + i


@prog({"w": np.ones(2), "b": 0.5}, np.array([0.1, 0.2]))
def params(p, x):
    for i in checkpointed(range(7), snapshots=2):
        x = np.tanh(p["w"] * x + p["b"])
    return np.sum(x)


@prog((1.0, 2.0), 0.1, wrt=(0, 1))
def tuples(s, dt):
    for i in checkpointed(range(7), snapshots=2):
        x, v = s
        s = (x + dt * v, v - dt * np.sin(x))
    return s[0] * s[1]


@prog(np.ones(4), wrt=0)
def early(x):
    for i in checkpointed(range(9), snapshots=2):
        x = x * np.cos(x)
        if np.sum(x) < 1.0:
            return np.sum(x) * 3.0
    return np.sum(x)


@prog(np.ones(4), 3, wrt=0)
def cond(x, n):
    if n > 2:
        for i in checkpointed(range(n), snapshots=1):
            x = x * np.cos(x)
    return np.sum(x)


@prog(np.ones(4), 0, wrt=0)
def none(x, n):
    for i in checkpointed(range(n), snapshots=1):
        x = x * np.cos(x)
    return np.sum(x)


@prog(1.0, 0.2, wrt=(0, 1))
def objects(x, dt):
    s = State(x, 0.0)
    for i in checkpointed(range(9), snapshots=2):
        s.v = s.v - dt * np.sin(s.x)
        s.x = s.x + dt * s.v
    return s.x


@prog(1.0, 0.2, wrt=(0, 1))
def dicts(x, dt):
    s = {"x": x, "v": 0.0}
    for i in checkpointed(range(9), snapshots=2):
        s["v"] = s["v"] - dt * np.sin(s["x"])
        s["x"] = s["x"] + dt * s["v"]
    return s["x"]


@prog(1.0, 0.2, wrt=(0, 1))
def closure(x, dt):
    def force(q):
        return -dt * np.sin(q)

    v = 0.0
    for i in checkpointed(range(9), snapshots=2):
        v = v + force(x)
        x = x + dt * v
    return x


@prog(np.ones((5, 3)), 0.2, wrt=(0, 1))
def rows(x, dt):
    for i in checkpointed(range(1, 5), snapshots=2):
        x[i] = x[i] * np.sin(x[i - 1]) + dt
    return np.sum(x)


def without_snapshots(function):
    """The same function with plain loops, written into a file of its own."""
    import inspect

    text = inspect.getsource(function)
    text = text[text.index("def ") :]
    plain = re.sub(r"checkpointed\((.*?), (?:snapshots=)?\d\):", r"\1:", text)
    assert plain != text
    filename = f"<without snapshots: {function.__name__}>"
    linecache.cache[filename] = (len(plain), None, plain.splitlines(keepends=True), filename)
    namespace = dict(globals())
    exec(compile(plain, filename, "exec"), namespace)
    return namespace[function.__name__]


@pytest.mark.parametrize(("function", "arguments", "wrt"), PROGRAMS, ids=[item[0].__name__ for item in PROGRAMS])
def test_to_the_last_bit(function, arguments, wrt):
    before = copy.deepcopy(arguments)
    found = value_and_grad(function, wrt)(*arguments)
    expected = value_and_grad(without_snapshots(function), wrt)(*copy.deepcopy(arguments))
    assert same(arguments, before)
    _assert_equal(found, expected)
    assert "checkpointed(" in value_and_grad(function, wrt).source_for(*arguments) or function is none


def _assert_equal(found, expected):
    if isinstance(expected, dict):
        assert found.keys() == expected.keys()
        found, expected = list(found.values()), list(expected.values())
    if isinstance(expected, tuple | list):
        assert len(found) == len(expected)
        for one, other in zip(found, expected):
            _assert_equal(one, other)
    else:
        np.testing.assert_array_equal(found, expected)


def test_a_pullback_can_be_called_again():
    arguments = (np.eye(3) * 0.5, np.ones((3, 2)) * 0.3, np.linspace(0, 1, 14).reshape(7, 2))
    _, pullback = vjp(rnn, *arguments)
    expected = grad(rnn, argnums=(0, 1, 2))(*arguments)
    for factor in (1.0, 1.0, 2.0):
        for found, wanted in zip(pullback(factor), expected):
            np.testing.assert_array_equal(found, factor * wanted)


def test_outside_of_differentiation_it_only_iterates():
    assert list(checkpointed(range(3), snapshots=2)) == [0, 1, 2]
    assert checkpointed(True, snapshots=2) is True
    with pytest.raises(ValueError, match="snapshots is 0"):
        checkpointed(range(3), snapshots=0)
    with pytest.raises(TypeError, match="no integer"):
        checkpointed(range(3), snapshots=2.0)


def test_memory_shared_with_a_variable_outside_is_refused():
    def viewed(x):
        y = x * 2.0
        first = y[:2]
        for _ in checkpointed(range(4), snapshots=2):
            y[0] = y[0] * y[1]
        return np.sum(first)

    with pytest.raises(UnsupportedError, match="may share its memory with first"):
        grad(viewed)(np.ones(3))


# ---- arrays with several names ----


def views(u, k):
    v = u * 1.0
    a = v[:2]
    b = v[2:]
    for i in checkpointed(range(5), snapshots=2):
        a[:] = a * np.sin(b)
        b[:] = b + k * a
    return np.sum(v)


def alias(u, k):
    v = u * 1.0
    w = v
    for i in checkpointed(range(5), snapshots=2):
        v[1:] = v[1:] * np.sin(w[:-1]) * k
    return np.sum(v)


def shared(u, k):
    v = u * k
    out = np.zeros(4)
    out[:] = v
    for i in checkpointed(range(5), snapshots=2):
        v = v + np.sin(out) * k
    out[0] = v[0] * out[1]
    return np.sum(out) + np.sum(v)


def mixture(u, k):
    v = u * k
    best = v
    for i in checkpointed(range(5), snapshots=2):
        v[0] = v[1] * k
        best = v
        v = v * 2.0
    return np.sum(best) + np.sum(v)


def inside(u, k):
    a = u * k
    b = a * 2.0
    for i in checkpointed(range(3), snapshots=2):
        t = np.array([k, k * k]) * i
        a = t
        b = t
    a[0] = 5.0 * k
    return np.sum(b) + np.sum(a)


@pytest.mark.parametrize("function", [views, alias, shared, mixture, inside])
def test_arrays_with_several_names_are_right_or_refused(function):
    u = np.array([1.0, 2.0, 0.5, 1.5])
    try:
        found = value_and_grad(function, argnums=(0, 1))(u, 0.5)
    except UnsupportedError as error:
        assert "memory" in str(error) or "several names" in str(error)
        return
    _assert_equal(found, value_and_grad(without_snapshots(function), argnums=(0, 1))(u, 0.5))


# ---- functions ----


@checkpoint
def layer(h, w):
    a = np.exp(-h)
    for _ in range(3):
        a = np.sin(a) * w
    return np.tanh(w * a)


def deep(h, w):
    for _ in range(3):
        h = layer(h, w)
    return np.sum(h)


def deep_recorded(h, w):
    for _ in range(3):
        h = layer.function(h, w)
    return np.sum(h)


def block(h, w):
    h = h * w
    return np.sin(h) * h


def test_a_function_is_run_again():
    found = value_and_grad(deep, argnums=(0, 1))(np.ones(2), 2.0)
    _assert_equal(found, value_and_grad(deep_recorded, argnums=(0, 1))(np.ones(2), 2.0))
    text = value_and_grad(deep, argnums=(0, 1)).source
    forward, reverse = text[text.index("def deep_") :].split("# ---- reverse sweep ----")
    assert "h = layer(h, w)" in forward and "layer_forward" not in forward
    assert "layer_reverse(h_bar, layer_forward(h, w)[1])" in reverse


def test_checkpoints_made_inside():
    def loss(h, w):
        f = checkpoint(block)
        return np.sum(f(h, w) * f(h * h, w=w)) + np.sum(checkpoint(lambda u: np.sin(u * w) * u)(h))

    def recorded(h, w):
        return np.sum(block(h, w) * block(h * h, w=w)) + np.sum(np.sin(h * w) * h)

    for found, expected in zip(grad(loss, argnums=(0, 1))(np.ones(2), 2.0), grad(recorded, (0, 1))(np.ones(2), 2.0)):
        np.testing.assert_allclose(found, expected, rtol=1e-14)


def test_the_function_itself_can_be_differentiated():
    assert grad(layer)(1.0, 2.0) == grad(layer.function)(1.0, 2.0)


def test_a_function_that_writes_into_its_argument_is_refused():
    @checkpoint
    def squared_first(u):
        u[0] = u[1] * u[1]
        return u

    def loss(x):
        y = x * 1.0
        squared_first(y)
        return np.sum(y)

    with pytest.raises(UnsupportedError, match="memory that is written into"):
        grad(loss)(np.ones(3))


def test_memory_of_a_long_loop():


    def simulate(u, n):
        for _ in checkpointed(range(n), snapshots=10):
            u = u - 0.01 * np.sin(u) * u
        return np.sum(u)

    u = np.linspace(0.0, 1.0, 10_000)
    gradient = grad(simulate)
    gradient(u, 3)
    tracemalloc.start()
    gradient(u, 300)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 25 * u.nbytes


def hundred_steps(x):
    for _ in range(100):
        a = np.sin(x)
        x = a * np.exp(-a * a) + 0.1 * x
    return x


again = checkpoint(hundred_steps)
again_inline = checkpoint(lambda x: hundred_steps(x))


def three_times(x):
    return np.sum(hundred_steps(hundred_steps(hundred_steps(x))) ** 2)


def three_times_again(x):
    return np.sum(again(again(again(x))) ** 2)


def three_times_inline(x):
    return np.sum(again_inline(again_inline(again_inline(x))) ** 2)


def peak(derivative, x) -> float:
    """The most memory in use during a call, in arrays of the size of x."""
    derivative(x)
    tracemalloc.start()
    derivative(x)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most / x.nbytes


@pytest.mark.parametrize("function", [three_times_again, three_times_inline])
def test_checkpoints_keep_the_records_of_one_call_at_a_time(function) -> None:
    x = np.linspace(0.1, 1.0, 2000)
    np.testing.assert_array_equal(grad(function)(x), grad(three_times)(x))
    assert peak(grad(function), x) < 0.5 * peak(grad(three_times), x)
