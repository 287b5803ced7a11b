"""What is made of the two modes: products with Jacobians, Jacobians, Hessians."""

from srcgrad.derived.made import hessian, hvp, jacfwd, jacobian, jacrev
from srcgrad.derived.pushing import jvp

__all__ = ["hessian", "hvp", "jacfwd", "jacobian", "jacrev", "jvp"]
