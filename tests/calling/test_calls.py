"""Calling derivatives: binding, argnums, names, methods, sources."""

from __future__ import annotations

import copy
import functools
import gc
import math
import pickle
import threading
import weakref
from typing import NamedTuple

import numpy as np
import pytest
from numpy.testing import assert_allclose

from srcgrad import SrcgradError, elementwise_grad, grad, value_and_grad
from srcgrad.calling.named import named_function
from srcgrad.calling.sharing import derivatives_of
from srcgrad.read.function import read_function
from tests.calling.differences import Differences, Read


def loss(w, x, y=2.0, *, rate=1.0):
    """How far off w is."""
    return np.sum(w * x) * rate + y * y


def total(x, *args, scale=1.0, **kwargs):
    return scale * (x + sum((k + 2) * value for k, value in enumerate(args)) + sum(kwargs.values()))


W, X = np.array([1.0, 2.0]), np.array([3.0, 4.0])


def test_gradient_of_the_first_argument():
    assert_allclose(grad(loss)(W, X), X)


def test_arguments_bind_as_python_binds_them():
    for gradient in (
        grad(loss, "y")(W, X),
        grad(loss, "y")(W, y=2.0, x=X),
        grad(loss, 2)(x=X, w=W),
        grad(loss, -1)(W, X, 2.0, rate=3.0),
    ):
        assert_allclose(gradient, 4.0)
    assert_allclose(grad(loss, "rate")(W, X), 11.0)


def test_errors_of_binding_are_pythons_own():
    with pytest.raises(TypeError, match=r"loss\(\) missing 1 required positional argument: 'x'"):
        grad(loss)(W)
    with pytest.raises(TypeError, match=r"loss\(\) got an unexpected keyword argument 'z'"):
        grad(loss)(W, X, z=1)


def test_tuple_of_argnums_gives_a_tuple():
    by_y, by_w = grad(loss, ("y", 0))(W, X)
    assert_allclose(by_y, 4.0)
    assert_allclose(by_w, X)
    (only,) = grad(loss, (0,))(W, X)
    assert_allclose(only, X)
    first, second = grad(loss, (0, 0))(W, X)
    assert_allclose(first, second)


def test_items_of_variadic_parameters():
    assert grad(total, 1)(1.0, 2.0, 3.0) == 2.0
    assert grad(total, 2)(1.0, 2, 3) == 3.0
    assert grad(total, -1)(1.0, 2.0, 3.0) == 3.0
    assert grad(total, -3)(1.0, 2.0, 3.0) == 1.0
    assert grad(total, "bias")(1.0, bias=5, other=1.0) == 1.0
    assert grad(total, (0, 2, "bias"))(1.0, 2.0, 3.0, bias=5.0) == (1.0, 3.0, 1.0)
    assert grad(total, "args")(1.0, 2.0, 3.0) == (2.0, 3.0)
    assert grad(total, "kwargs")(1.0, u=2.0, v=3.0) == {"u": 1.0, "v": 1.0}
    with pytest.raises(ValueError, match="argnums has 3, but .* has positions 0 to 2"):
        grad(total, 3)(1.0, 2.0, 3.0)
    with pytest.raises(TypeError, match="argnums names 'bias', which this call"):
        grad(total, "bias")(1.0)


@pytest.mark.parametrize(
    ("argnums", "error", "message"),
    [
        (4, ValueError, r"argnums has 4, but loss\(w, x, y, \*, rate\) has positions 0 to 2"),
        (-4, ValueError, r"argnums has -4"),
        ("wieght", ValueError, r"argnums names 'wieght', which is no parameter of loss\(w, x, y, \*, rate\)"),
        ("ratee", ValueError, r"did you mean 'rate'\?"),
        (1.5, TypeError, "argnums takes positions, names, or a tuple of them, not 1.5"),
        (True, TypeError, "argnums takes positions"),
        ((), ValueError, "argnums is empty"),
    ],
)
def test_wrong_argnums_are_refused_at_once(argnums, error, message):
    with pytest.raises(error, match=message) as caught:
        grad(loss, argnums)
    assert isinstance(caught.value, SrcgradError)
    assert "def loss(w, x, y=2.0, *, rate=1.0):" in str(caught.value)


def test_no_function():
    with pytest.raises(TypeError, match="grad takes a function, not 3"):
        grad(3)


def test_decorators():
    @grad
    def square(x):
        return x * x

    @grad(argnums=(0, "y"))
    def product(x, y):
        return x * y

    assert square(3.0) == 6.0
    assert product(3.0, 4.0) == (4.0, 3.0)
    assert square.primal(3.0) == 9.0
    assert square.__wrapped__ is square.primal


def test_value_and_grad():
    value, gradient = value_and_grad(loss)(W, X)
    assert value == 15.0
    assert_allclose(gradient, X)
    value, gradients = value_and_grad(loss, argnums=("y", "w"))(W, X, 3)
    assert value == 20.0
    assert_allclose(gradients[0], 6.0)
    assert_allclose(gradients[1], X)


def test_auxiliary_results():
    def both(x):
        return x * x, "note"

    assert grad(both, has_aux=True)(3.0) == (6.0, "note")
    assert grad(both, (0,), has_aux=True)(3.0) == ((6.0,), "note")
    assert value_and_grad(both, has_aux=True)(3.0) == ((9.0, "note"), 6.0)


def test_elementwise_gradient():
    assert_allclose(elementwise_grad(lambda x: x * x)(X), 2.0 * X)


def test_names_documentation_and_representation():
    derivative = grad(loss, ("w", "y"))
    assert derivative.__name__ == "loss_grad"
    assert derivative.__module__ == __name__
    assert derivative.__doc__ == "Gradient of loss(w, x, y, *, rate) with respect to w, y.\n\nHow far off w is."
    assert repr(derivative) == "<gradient of loss(w, x, y, *, rate) with respect to w, y>"
    assert repr(grad(total, 3)) == "<gradient of total(x, *args, scale, **kwargs) with respect to argument 3>"
    assert value_and_grad(loss).__name__ == "loss_value_and_grad"


def test_integers_are_taken_as_floats():
    gradient = grad(lambda x: x * x)(3)
    assert gradient == 6.0 and isinstance(gradient, float)
    assert grad(lambda x: x * x)(np.int64(3)) == 6.0


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (np.arange(3), r"with respect to w, which is an array of int64"),
        (np.array([True]), "an array of bool"),
        (True, "a bool"),
        (None, "which is None"),
        ("text", "of type str"),
        ([1, 2], "a list without any float in it"),
        ({"a": "b"}, "a dict without any float in it"),
        (np.array([object()]), "an array of object"),
    ],
)
def test_arguments_without_gradient_are_refused(value, message):
    with pytest.raises(TypeError, match=message) as caught:
        grad(loss)(value, X)
    assert isinstance(caught.value, SrcgradError)
    assert "def loss(w, x, y=2.0" in str(caught.value) and "^" in str(caught.value)
    if isinstance(value, np.ndarray) and value.dtype.kind == "i":
        assert "w.astype(float)" in str(caught.value)


class Pair(NamedTuple):
    left: float
    right: np.ndarray


class Spring:
    def __init__(self, stiffness):
        self.stiffness = stiffness

    def energy(self, x, scale=1.0):
        return 0.5 * self.stiffness * x * x * scale

    force = grad(energy)
    by_scale = grad(energy, "scale")

    @grad
    def work(self, x):
        return self.stiffness * x

    @staticmethod
    def double(x):
        return 2.0 * x

    slope = grad(double)

    @classmethod
    def triple(cls, x):
        return 3.0 * x

    def __call__(self, x):
        return self.stiffness * x


def test_methods():
    spring = Spring(4.0)
    assert spring.force(3.0) == 12.0
    assert spring.force(3.0, scale=2.0) == 24.0
    assert spring.by_scale(3.0) == 18.0
    assert spring.work(1.0) == 4.0
    assert spring.slope(1.0) == 2.0
    assert Spring.slope(1.0) == 2.0
    assert grad(spring.energy)(3.0) == 12.0
    assert grad(Spring.triple)(1.0) == 3.0
    assert grad(spring)(1.0) == 4.0
    assert Spring.force.__name__ == "energy_grad"


def test_receivers_share_specialisations_and_are_not_kept(differences: Differences):
    class Linear(Spring):
        def energy(self, x):
            return self.stiffness * x

        force = grad(energy)

    springs = [Linear(2.0), Linear(3.0)]
    assert [spring.force(1.0) for spring in springs] == [2.0, 3.0]
    assert len(differences.requests) == 1
    assert springs[1].force.source == springs[0].force.source == "# energy: gradient with respect to x, 1"
    assert springs[1].force.primal == springs[1].energy
    differences.requests.clear()
    reference = weakref.ref(springs[0])
    springs.clear()
    gc.collect()
    assert reference() is None


def test_partials():
    partial = functools.partial(loss, W, y=5.0)
    assert_allclose(grad(partial)(X), W)
    assert_allclose(grad(partial, "y")(X), 10.0)
    assert_allclose(grad(partial, "y")(X, y=1.0), 2.0)
    assert grad(functools.partial(total, 1.0, 2.0), 0)(7.0) == 3.0
    assert grad(functools.partial(total, 1.0, 2.0), -1)(7.0) == 3.0
    with pytest.raises(ValueError, match=r"but loss\(x, \*, rate\) has position 0"):
        grad(partial, 1)


def test_one_specialisation_for_each_signature(differences: Differences):
    derivative = grad(loss)
    for w in (W, W + 1.0, np.zeros(5)):
        derivative(w, np.ones(w.shape))
    assert len(differences.requests) == 1
    derivative(np.zeros((2, 2)), 1.0)
    derivative(W.astype(np.float32), X)
    assert len(differences.requests) == 3
    grad(loss)(W, X)
    assert len(differences.requests) == 3
    grad(loss, "x")(W, X)
    assert len(differences.requests) == 4


def test_requests(differences: Differences):
    grad(loss, ("y", 0))(W, X, 1)
    (request,) = differences.requests
    assert request.function is loss
    assert [name for name, _ in request.kinds] == ["w", "x", "y", "rate"]
    assert dict(request.kinds)["y"].dtype == "float64"
    assert request.wrt == ("y", "w")
    assert (request.form, request.result, request.has_aux) == ("gradient", "scalar", False)


def test_changed_variables(differences: Differences):
    variables = {"rate": 1.0, "steps": [1.0], "other": np.sin}
    reads = tuple(Read(variables, name) for name in variables)
    differences.environment = reads
    derivative = grad(loss)
    for _ in range(3):
        derivative(W, X)
    assert len(differences.requests) == 1
    assert [read.asked for read in reads] == [0, 2, 0]  # a list may change within
    variables["rate"] = 2.0
    derivative(W, X)
    assert len(differences.requests) == 1
    assert reads[0].module == {"rate": 2.0}
    variables["other"] = variables["rate"] = 3
    derivative(W, X)
    assert len(differences.requests) == 2


def test_helper_with_its_code_replaced_in_place(differences: Differences):
    def helper(x):
        return x

    differences.environment = (Read({"helper": helper}, "helper"),)
    derivative = grad(loss)
    derivative(W, X)
    helper.__code__ = (lambda x: 2.0 * x).__code__
    derivative(W, X)
    derivative(W, X)
    assert len(differences.requests) == 2


def test_derivatives_live_as_long_as_their_function(differences: Differences):
    def local(x):
        return x * x

    derivative = grad(local)
    derivative(1.0)
    references = [weakref.ref(local), weakref.ref(derivatives_of(local))]
    del local, derivative
    differences.requests.clear()
    gc.collect()
    assert [reference() for reference in references] == [None, None]


def test_wrapping_functions_have_derivatives_of_their_own():
    def local(x):
        return x * x

    assert grad(local)(1.0) == 2.0

    @functools.wraps(local)
    def doubled(x):
        return 2.0 * local(x)

    assert grad(doubled)(1.0) == 4.0
    assert derivatives_of(local) is not derivatives_of(doubled)
    assert pickle.loads(pickle.dumps(derivatives_of(local))) is None


def test_first_calls_from_many_threads_generate_once(differences: Differences):
    derivative = grad(loss)
    barrier = threading.Barrier(8)
    found = []

    def run():
        barrier.wait()
        found.append(derivative(W, X))

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(differences.requests) == 1
    assert len(found) == 8


def test_the_number_of_specialisations_is_bounded(differences: Differences, monkeypatch: pytest.MonkeyPatch):
    from srcgrad.calling import specialising

    monkeypatch.setattr(specialising, "LIMIT", 3)

    def applied(x, how):
        return x * x

    derivative = grad(applied)
    for text in "abcdabcd":
        derivative(1.0, text)
    assert len(differences.requests) == 8
    derivative(1.0, "d")
    assert len(differences.requests) == 8


def test_source():
    derivative = grad(loss)
    with pytest.raises(ValueError, match=r"the kinds of w, x in loss\(w, x, y, \*, rate\) are not known") as caught:
        derivative.source
    assert "loss_grad.source_for(...)" in str(caught.value)
    assert derivative.source_for(W, X) == "# loss: gradient with respect to w, 1"
    derivative(1.0, 2.0)
    assert derivative.source == "# loss: gradient with respect to w, 2"
    derivative(W, X)
    assert derivative.source == "# loss: gradient with respect to w, 1"


def test_source_from_annotations_and_defaults(differences: Differences):
    def annotated(
        a: float,
        b: "np.ndarray[tuple[int, int], np.dtype[np.float32]]",
        c: np.ndarray,
        d: Pair,
        e: dict[str, float],
        n: int = 3,
        *,
        axis=None,
        scale=np.ones(2),
    ):
        return a

    assert grad(annotated, ("a", "n")).source == "# annotated: gradient with respect to a, n, 1"
    kinds = dict(differences.requests[0].kinds)
    assert kinds["a"].dtype == "float64" and kinds["a"].python
    assert (kinds["b"].dtype, kinds["b"].ndim, kinds["c"].ndim) == ("float32", 2, None)
    assert kinds["d"].cls is Pair
    assert kinds["n"].dtype == "float64"
    assert kinds["axis"].value is None
    assert kinds["scale"].dims == ("scale.shape[0]",)


def test_functions_with_a_rule_and_no_source():
    assert elementwise_grad(np.square)(3.0) == 6.0
    assert repr(grad(np.multiply, 1)) == "<gradient of multiply(x, y) with respect to y>"
    assert read_function(named_function(np.tanh)).lines[1] == "    return np.tanh(x)"
    assert read_function(named_function(np.linalg.det)).lines[1] == "    return np.linalg.det(a)"
    assert read_function(named_function(math.sin)).lines[1] == "    return math.sin(x)"
    with pytest.raises(SrcgradError, match="breakpoint has neither Python source nor a rule"):
        grad(breakpoint)


def test_errors_of_the_users_code_pass_through():
    def failing(x):
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        grad(failing)(1.0)


def test_code_replaced_in_place(differences: Differences):
    def first(x):
        return x * x

    def second(x, y=3.0):
        return x * y

    derivative = grad(first)
    assert derivative(2.0) == 4.0
    first.__code__, first.__defaults__ = second.__code__, second.__defaults__
    assert derivative(2.0) == 3.0
    assert derivative(2.0, 5.0) == 5.0
    assert len(differences.requests) == 2


MATRIX = np.ones((1, 1)).view(np.matrix)


def test_derivatives_can_be_pickled_and_copied():
    derivative = pickle.loads(pickle.dumps(grad(loss, ("y", 0))))
    by_y, by_w = derivative(W, X)
    assert by_y == 4.0
    assert_allclose(by_w, X)
    assert copy.deepcopy(derivative)(W, X)[0] == 4.0


class Quantity:
    dtype = np.dtype(float)
    shape = (2,)
    ndim = 1


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (MATRIX, "w is a numpy matrix"),
        (np.ma.masked_array([1.0, 2.0], [True, False]), r"w is a numpy MaskedArray[\s\S]*w.filled\(0.0\)"),
        ([X, (MATRIX,)], r"w\[1\]\[0\] is a numpy matrix"),
        ({"a": Quantity()}, r"w\['a'\] is a \w+ Quantity, which is not differentiated"),
    ],
)
def test_arrays_that_are_not_numpys_own(value, message):
    with pytest.raises(TypeError, match=message):
        grad(loss)(value, X)
    with pytest.raises(TypeError, match=message):
        grad(loss, "y")(value, X)
