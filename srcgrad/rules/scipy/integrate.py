"""Rules for ``scipy.integrate``."""

from __future__ import annotations

from scipy import integrate

from srcgrad.rules.numpy import accumulations
from srcgrad.rules.registry import adjoint, multilinear

adjoint(integrate.trapezoid, arguments=("y", "x", "dx"))(accumulations.trapezoid)
multilinear(integrate.trapezoid)
