"""Second derivatives with respect to objects in containers: those of the same numbers in one array."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from srcgrad import hvp


@dataclass
class Layer:
    weight: np.ndarray


def output(layers, x):
    for layer in layers:
        x = np.tanh(layer.weight * x)
    return np.sum(x)


def output_of_rows(weights, x):
    return output([Layer(weights[0]), Layer(weights[1])], x)


@pytest.mark.parametrize("container", [list, tuple])
def test_objects_in_a_container(container):
    x = np.array([1.0, 2.0])
    weights, vectors = np.array([[0.3, 0.5], [1.0, -0.4]]), np.array([[0.2, -0.7], [0.1, 0.9]])
    layers = container(Layer(row) for row in weights)
    found = hvp(output)(layers, x, container(Layer(row) for row in vectors))
    assert type(found) is container and type(found[0]) is Layer
    np.testing.assert_allclose([layer.weight for layer in found], hvp(output_of_rows)(weights, x, vectors), rtol=1e-13)
