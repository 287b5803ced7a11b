"""Gradients of NumPy code by source transformation: ``from srcgrad import grad``."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from srcgrad import rules
    from srcgrad.api import elementwise_grad, grad, value_and_grad, vjp
    from srcgrad.backend import Numba, set_default_backend
    from srcgrad.checking import check_grads
    from srcgrad.compiled.store import clear_cache
    from srcgrad.custom import checkpoint, checkpointed, custom_jvp, custom_vjp, fixed_point, root
    from srcgrad.derived import hessian, hvp, jacfwd, jacobian, jacrev, jvp
    from srcgrad.errors import (
        ArgumentTypeError,
        ArgumentValueError,
        BackendError,
        ConvergenceError,
        MissingRuleError,
        SourceError,
        SrcgradError,
        UnsupportedError,
    )
    from srcgrad.stopping import detach, stop_gradient

__version__ = "0.1.0"

__all__ = [
    "ArgumentTypeError",
    "ArgumentValueError",
    "ConvergenceError",
    "BackendError",
    "MissingRuleError",
    "Numba",
    "SourceError",
    "SrcgradError",
    "UnsupportedError",
    "check_grads",
    "clear_cache",
    "checkpoint",
    "checkpointed",
    "custom_jvp",
    "custom_vjp",
    "detach",
    "elementwise_grad",
    "fixed_point",
    "grad",
    "hessian",
    "hvp",
    "jacfwd",
    "jacobian",
    "jacrev",
    "jvp",
    "root",
    "rules",
    "set_default_backend",
    "stop_gradient",
    "value_and_grad",
    "vjp",
]

_DERIVED = frozenset({"hessian", "hvp", "jacfwd", "jacobian", "jacrev", "jvp"})


def __getattr__(name: str) -> Any:
    """Import what users call when it is first asked for: parts of the package load without all of it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name == "rules":
        return import_module("srcgrad.rules")
    if name == "check_grads":
        return import_module("srcgrad.checking").check_grads
    if name in ("checkpoint", "checkpointed", "custom_jvp", "custom_vjp", "fixed_point", "root"):
        return getattr(import_module("srcgrad.custom"), name)
    if name in ("detach", "stop_gradient"):
        return getattr(import_module("srcgrad.stopping"), name)
    if name == "clear_cache":
        return import_module("srcgrad.compiled.store").clear_cache
    if name in ("Numba", "set_default_backend"):
        return getattr(import_module("srcgrad.backend"), name)
    if name.endswith("Error"):
        return getattr(import_module("srcgrad.errors"), name)
    return getattr(import_module("srcgrad.derived" if name in _DERIVED else "srcgrad.api"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
