"""The shadow of what an attribute holds is looked up once where it is one object, and each time where it is not."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from srcgrad import grad


def steady(x, k):
    state = SimpleNamespace(u=x, v=np.zeros_like(x))
    for _ in range(4):
        state.v -= k * np.sin(state.u)
        state.u += 0.1 * state.v
    return np.sum(state.u * state.u)


def swapped(x, k):
    state = SimpleNamespace(u=x, v=x * k)
    same = state
    for _ in range(3):
        state.v -= k * np.sin(state.u)
        same.u, same.v = same.v, same.u
    return np.sum(state.u * state.u)


def lookups(text: str, part: str) -> int:
    return text.count(f"shadow_of(shadows, {part})")


def test_one_object_throughout():
    text = grad(steady).source_for(np.ones(3), 0.5)
    assert lookups(text, "state.u") <= 1 and lookups(text, "state.v") <= 1


def test_attributes_that_get_other_objects():
    x, k, step = np.linspace(0.5, 1.5, 4), 0.4, 1e-6
    numeric = [(swapped(x + step * e, k) - swapped(x - step * e, k)) / (2.0 * step) for e in np.eye(4)]
    np.testing.assert_allclose(grad(swapped)(x, k), numeric, rtol=1e-7)
