"""Second derivatives with respect to objects in containers are refused before anything runs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from srcgrad import UnsupportedError, hvp


@dataclass
class Layer:
    weight: np.ndarray


def output(layers, x):
    for layer in layers:
        x = np.tanh(layer.weight * x)
    return np.sum(x)


@pytest.mark.parametrize("container", [list, tuple])
def test_objects_in_a_container(container):
    layers = container([Layer(np.ones(2)), Layer(np.ones(2))])
    with pytest.raises(UnsupportedError, match="objects in a container is differentiated again"):
        hvp(output)(layers, np.arange(2.0), layers)
