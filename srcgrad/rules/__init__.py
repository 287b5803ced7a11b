"""Derivative rules: what srcgrad knows of functions that it does not read.

>>> import numpy as np
>>> find(np.sin, "partials").derivative(0.0, 0.0)
np.float64(1.0)
"""

from __future__ import annotations

from srcgrad.rules import adjoint_tangents as _adjoint_tangents  # noqa: F401
from srcgrad.rules import numpy as _numpy  # noqa: F401  (registers its rules)
from srcgrad.rules import operators as _operators  # noqa: F401
from srcgrad.rules import python as _python  # noqa: F401
from srcgrad.rules import python_tangents as _python_tangents  # noqa: F401
from srcgrad.rules import runtime_tangents as _runtime_tangents  # noqa: F401
from srcgrad.rules.registry import (
    adjoint,
    definition,
    find,
    has_rule,
    is_nondifferentiable,
    linear,
    linearity,
    multilinear,
    nondifferentiable,
    partials,
    tangent,
)

__all__ = [
    "adjoint",
    "definition",
    "find",
    "has_rule",
    "is_nondifferentiable",
    "linear",
    "linearity",
    "multilinear",
    "nondifferentiable",
    "partials",
    "tangent",
]
