"""The functions that generated code calls."""

from __future__ import annotations

import dataclasses
import inspect
import types
from collections import OrderedDict, namedtuple
from typing import Any

import numpy as np
import pytest
import scipy.special

from srcgrad import runtime
from srcgrad.errors import ArgumentTypeError, UnsupportedError
from srcgrad.runtime import add_mirrors, as_mirror, digamma, like, one_number, refuse_shared, sum_to, zeros_like

Point = namedtuple("Point", "x y")


@dataclasses.dataclass(frozen=True)
class Layer:
    """A frozen dataclass with a derived field."""

    w: np.ndarray
    rate: float
    name: str
    size: int = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", self.w.size)


@dataclasses.dataclass(slots=True)
class Slotted:
    """A dataclass without a dictionary."""

    a: float
    b: tuple[float, int]


class Plain:
    """An ordinary object."""

    def __init__(self, w: float) -> None:
        self.w = w
        self.history: list[float] = [1.0]

    def step(self) -> None:
        """A method is no state."""


@pytest.mark.parametrize(
    "shape, target",
    [
        ((3,), (3,)),
        ((2, 3), (3,)),
        ((2, 3), (1, 3)),
        ((2, 3), (2, 1)),
        ((2, 3), ()),
        ((4, 2, 3), (2, 1)),
        ((4, 1, 3), (1, 3)),
        ((0, 3), (1, 3)),
        ((2, 0), (2, 1)),
        ((), ()),
    ],
)
def test_sum_to_is_the_adjoint_of_broadcasting(shape: tuple[int, ...], target: tuple[int, ...]) -> None:
    generator = np.random.default_rng(3)
    a, b = generator.normal(size=shape), generator.normal(size=target)
    result = sum_to(a, target)
    assert np.shape(result) == target
    assert np.sum(a * np.broadcast_to(b, shape)) == pytest.approx(np.sum(result * b))


def test_sum_to_gives_back_what_fits() -> None:
    a = np.ones((2, 3))
    assert sum_to(a, (2, 3)) is a
    assert sum_to(2.0, ()) == 2.0
    assert sum_to(2.0, (3,)).tolist() == [2.0, 2.0, 2.0]
    spread = sum_to(np.ones((4, 1, 3)), (2, 3))
    assert spread.tolist() == [[4.0] * 3] * 2 and spread.flags.writeable


def test_sum_to_keeps_the_type() -> None:
    assert sum_to(np.ones((2, 3), np.float32), (3,)).dtype == np.float32


def test_zeros_of_numbers() -> None:
    assert zeros_like(3) == 0.0 and isinstance(zeros_like(3), float)
    assert zeros_like(1j) == 0j
    assert zeros_like(np.float32(2.0)).dtype == np.float32
    assert zeros_like(np.arange(3)).dtype == float
    assert zeros_like(np.ones(2, np.float32)).dtype == np.float32
    for nothing in (None, "text", True, int, len):
        assert zeros_like(nothing) is None


def test_zeros_of_containers() -> None:
    assert zeros_like(Point(1.0, (2.0, "text"))) == [0.0, [0.0, None]]
    assert zeros_like({"a": [1.0]}) == {"a": [0.0]}
    assert zeros_like(Slotted(1.0, (2.0, 3))) == types.SimpleNamespace(a=0.0, b=[0.0, 0.0])
    assert zeros_like(Plain(2.0)) == types.SimpleNamespace(w=0.0, history=[0.0])


def test_like_restores_structure() -> None:
    value = (Point(1.0, 2), [np.float32(1.0), "text"], OrderedDict(a=1j, b=None))
    result = like(value, [[0.5, None], [0.25, None], {"a": 2.0}])
    assert result == (Point(0.5, 2), [0.25, "text"], OrderedDict(a=2.0, b=None))
    assert type(result[0]) is Point and type(result[1][0]) is np.float32
    assert type(result[2]) is OrderedDict and type(result[2]["a"]) is complex


def test_like_restores_objects() -> None:
    layer = Layer(np.ones(2), 0.1, "hidden")
    gradient = like(layer, types.SimpleNamespace(w=3.0, rate=np.float64(2.0), name=None, size=0.0))
    assert type(gradient) is Layer and gradient.w.tolist() == [3.0, 3.0]
    assert (gradient.rate, gradient.name, gradient.size) == (2.0, "hidden", 2)
    assert layer.rate == 0.1
    assert like(Slotted(1.0, (2.0, 3)), zeros_like(Slotted(1.0, (2.0, 3)))) == Slotted(0.0, (0.0, 3))
    plain = like(Plain(2.0), types.SimpleNamespace(w=1.5, history=[2.5]))
    assert type(plain) is Plain and (plain.w, plain.history) == (1.5, [2.5])


def test_like_fits_arrays() -> None:
    value = np.ones((2, 3), np.float32)
    fitted = like(value, 0.5)
    assert fitted.shape == (2, 3) and fitted.dtype == np.float32 and fitted.flags.writeable
    assert like(value, np.ones((2, 3))).dtype == np.float32
    assert like(np.ones(2), np.array([1 + 2j, 3j])).tolist() == [1.0, 0.0]
    exact = np.ones(2)
    own = like(np.ones(2), exact)
    assert own.tolist() == [1.0, 1.0] and not np.shares_memory(own, exact)
    assert like(np.array([1, 2]), None).tolist() == [1, 2]


def test_like_takes_none_for_zero() -> None:
    assert like((1.0, np.ones(1), [2.0], 3), None) == (0.0, np.zeros(1), [0.0], 3)


def test_as_mirror_fills_and_copies() -> None:
    pieces = [1.0, None]
    mirror = as_mirror((0.5, np.ones(2)), pieces)
    assert mirror[0] == 1.0 and mirror[1].tolist() == [0.0, 0.0]
    mirror[0] = 2.0
    assert pieces[0] == 1.0
    assert as_mirror({"a": 1.0, "b": 2.0}, {"b": 5.0}) == {"a": 0.0, "b": 5.0}
    assert as_mirror([1.0, 2.0], np.array([3.0, 4.0])) == [3.0, 4.0]
    assert as_mirror([1.0, 2.0], 0.0) == [0.0, 0.0]
    assert as_mirror(Plain(1.0), types.SimpleNamespace(w=2.0)) == types.SimpleNamespace(w=2.0, history=[0.0])


def test_add_mirrors_changes_neither() -> None:
    a: Any = [1.0, {"x": np.ones(2), "y": None}, None]
    b: Any = (2.0, {"x": np.ones(2), "y": None}, [3.0])
    total = add_mirrors(a, b)
    assert total[0] == 3.0 and total[1]["x"].tolist() == [2.0, 2.0] and total[1]["y"] is None
    assert total[2] == [3.0] and total[2] is not b[2]
    assert a[0] == 1.0 and a[1]["x"].tolist() == [1.0, 1.0]
    namespaces = add_mirrors(types.SimpleNamespace(w=1.0), types.SimpleNamespace(w=2.0))
    assert namespaces == types.SimpleNamespace(w=3.0)
    assert add_mirrors(None, None) is None


@pytest.mark.parametrize("value", [1.5, 2, True, np.float32(1.0), np.array(2.0), np.array([[3.0]])])
def test_one_number_accepts(value: Any) -> None:
    assert one_number(value) is value


@pytest.mark.parametrize(
    "value, words",
    [
        (np.ones(3), "shape (3,)"),
        (np.ones((2, 0)), "shape (2, 0)"),
        (1j, "complex"),
        (np.array([1j]), "complex"),
        (None, "None"),
        ((1.0, 2.0), "tuple of 2"),
        ("text", "str"),
    ],
)
def test_one_number_refuses(value: Any, words: str) -> None:
    with pytest.raises(ArgumentTypeError) as caught:
        one_number(value)
    assert words in str(caught.value)
    assert isinstance(caught.value, TypeError)


def test_one_number_names_the_ways_out() -> None:
    with pytest.raises(ArgumentTypeError) as caught:
        one_number(np.ones(3))
    assert all(name in str(caught.value) for name in ("elementwise_grad", "vjp", "jacobian"))


def test_shared_memory_is_refused() -> None:
    a = np.zeros(6)
    refuse_shared(a, np.zeros(6), None, 2.0)
    refuse_shared(a[::2], a[1::2])
    for other in (a, a[2:], a.reshape(2, 3)):
        with pytest.raises(UnsupportedError, match="share memory"):
            refuse_shared(a[:4], other)


@pytest.mark.parametrize("x", [1e-3, 0.5, 1.0, 3.7, 9.999, 10.0, 250.0, -0.5, -3.3, -20.7])
def test_digamma(x: float) -> None:
    assert digamma(x) == pytest.approx(scipy.special.digamma(x), rel=2e-14, abs=1e-13)


def test_digamma_has_poles() -> None:
    assert np.isnan(digamma(0.0)) and np.isnan(digamma(-3.0))


def test_everything_exported_is_documented() -> None:
    for name in runtime.__all__:
        assert inspect.getdoc(getattr(runtime, name)), name


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda: runtime.unpad(np.ones(5), np.ones(3), 1, "linear_ramp"), "linear_ramp"),
        (lambda: runtime.reshape_back(np.ones(4), (2, 2), "A"), "'A'"),
        (lambda: runtime.quantile_adjoint(1.0, np.ones(3), 0.5, None, False, "hazen"), "hazen"),
        (lambda: runtime.norm_adjoint(1.0, 1.0, np.ones((2, 2)), 3, None, False), "order 3"),
    ],
)
def test_what_cannot_be_differentiated_is_refused(call: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        call()


def test_arbitrary_phases_and_surplus_vectors_are_refused() -> None:
    a = np.array([[2.0, 1j], [-1j, 3.0]])
    w, v = np.linalg.eigh(a)
    with pytest.raises(ValueError, match="phases"):
        runtime.eigh_adjoint(np.zeros(2), np.ones((2, 2)) * 1j, w, v)
    u, s, vh = np.linalg.svd(np.arange(6.0).reshape(3, 2))
    with pytest.raises(ValueError, match="full_matrices=False"):
        runtime.svd_adjoint(np.ones_like(u), np.ones_like(s), np.ones_like(vh), u, s, vh)


def test_copies_of_an_array_and_a_view_of_it_share_memory_in_any_order():
    from srcgrad.runtime import own_copy

    matrix = np.arange(6.0).reshape(3, 2)
    row, copied = own_copy((matrix[1], matrix))
    assert copied.shape == (3, 2)
    row[:] = 7.0
    np.testing.assert_array_equal(copied[1], 7.0)
    np.testing.assert_array_equal(matrix, np.arange(6.0).reshape(3, 2))
