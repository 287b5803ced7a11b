"""What is made from a function goes by its name, and leads back to it."""

from __future__ import annotations

import numpy as np
import pytest

import srcgrad


def loss(x, w=2.0):
    """How far off."""
    return np.sum(x * w)


@pytest.mark.parametrize("maker", "grad value_and_grad elementwise_grad jacobian jacfwd jacrev hessian hvp".split())
def test_names(maker: str) -> None:
    made = getattr(srcgrad, maker)(loss)
    assert made.__wrapped__ is loss and made.__module__ == __name__
    assert made.__name__.startswith("loss_") and made.__qualname__ == made.__name__
    assert "loss" in repr(made) and "0x" not in repr(made)
    assert "loss" in made.__doc__ and "How far off." in made.__doc__


def test_the_pullback() -> None:
    _, pullback = srcgrad.vjp(loss, np.ones(2))
    assert pullback.__wrapped__ is loss and pullback.__name__ == "loss_pullback"
    assert "loss" in repr(pullback)
