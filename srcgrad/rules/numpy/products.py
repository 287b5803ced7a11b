"""Rules for products of vectors and matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.rules.registry import adjoint


@adjoint(np.dot, kinds="1d, 1d")
@adjoint(np.matmul, kinds="1d, 1d")
def vector_vector(z_bar: Any, z: Any, a: Any, b: Any) -> Any:
    return z_bar * b, z_bar * a


@adjoint(np.dot, kinds="2d, 1d")
@adjoint(np.matmul, kinds="2d, 1d")
def matrix_vector(z_bar: Any, z: Any, a: Any, b: Any) -> Any:
    return np.outer(z_bar, b), a.T @ z_bar


@adjoint(np.dot, kinds="1d, 2d")
@adjoint(np.matmul, kinds="1d, 2d")
def vector_matrix(z_bar: Any, z: Any, a: Any, b: Any) -> Any:
    return b @ z_bar, np.outer(a, z_bar)


@adjoint(np.dot, kinds="2d, 2d")
@adjoint(np.matmul, kinds="2d, 2d")
def matrix_matrix(z_bar: Any, z: Any, a: Any, b: Any) -> Any:
    return z_bar @ b.T, a.T @ z_bar


@adjoint(np.outer)
def outer(z_bar: Any, z: Any, a: Any, b: Any) -> Any:
    return z_bar @ b, a @ z_bar
