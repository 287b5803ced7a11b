"""What runs the generated code: NumPy as it stands, or numba, which compiles it."""

from __future__ import annotations

import importlib
import os
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, TypedDict

from srcgrad.errors import ArgumentTypeError, ArgumentValueError, BackendError

VARIABLE = "SRCGRAD_BACKEND"


@dataclass(frozen=True)
class Numba:
    """The backend that compiles generated code with numba, and its options.

    ``grad(f, backend=Numba(fastmath=True))`` is ``grad(f, backend="numba", fastmath=True)``.

    Parameters
    ----------
    fastmath : bool
        Allow the compiler to reorder arithmetic, and to assume that there are no infinities and NaNs.
    parallel : bool
        Let numba run array expressions on several threads.
    error_model : "numpy" or "python"
        Whether a division by zero gives infinity or NaN, as NumPy's numbers do, or raises.
    boundscheck : bool, optional
        Raise IndexError for an index that is out of bounds, which is not looked for otherwise; None asks numba's own
        variable NUMBA_BOUNDSCHECK.
    progress : bool
        Print a line to standard error while a function is compiled.

    Examples
    --------
    >>> Numba(fastmath=True)
    Numba(fastmath=True, parallel=False, error_model='numpy', boundscheck=None, progress=False)
    """

    fastmath: bool = False
    parallel: bool = False
    error_model: Literal["numpy", "python"] = "numpy"
    boundscheck: bool | None = None
    progress: bool = False


class CompileOptions(TypedDict, total=False):
    """The options of `Numba` as keyword arguments."""

    fastmath: bool
    parallel: bool
    error_model: Literal["numpy", "python"]
    boundscheck: bool | None
    progress: bool


Backend = Literal["numpy", "numba"] | Numba

_default: list[Numba | None] = []


def set_default_backend(backend: Backend, **options: Any) -> None:
    """Say which backend derivatives use that are made from now on and name none; overrides SRCGRAD_BACKEND.

    >>> set_default_backend("numpy")
    """
    _default[:] = [chosen_backend(backend, options)]


def chosen_backend(backend: Backend | None, options: CompileOptions | dict[str, Any]) -> Numba | None:
    """What compiles the code of a derivative; None where it runs as it stands."""
    given = backend
    chosen: Any
    if given is None:
        given = os.environ.get(VARIABLE) or "numpy"  # type: ignore[assignment]
        if _default:
            given = _default[0] or "numpy"
    if isinstance(given, Numba):
        chosen = given
    elif given in ("numpy", "numba"):
        chosen = Numba() if given == "numba" else None
    else:
        source = f"the environment variable {VARIABLE}" if backend is None else "backend"
        raise ArgumentValueError(f"{source} is {given!r}", advice='say "numpy" or "numba"')
    if not options:
        return _available(chosen)
    known = [field.name for field in fields(Numba)]
    unknown = [option for option in options if option not in known]
    if unknown:
        raise ArgumentTypeError(
            f"there is no option {unknown[0]}", advice=f"backends have the options {', '.join(known)}"
        )
    if chosen is None:
        raise ArgumentValueError(
            f"{next(iter(options))} is an option of the numba backend", advice='say backend="numba" as well'
        )
    chosen = replace(chosen, **options)
    if chosen.error_model not in ("numpy", "python"):
        raise ArgumentValueError(f"error_model is {chosen.error_model!r}", advice='say "numpy" or "python"')
    return _available(chosen)


def _available(chosen: Numba | None) -> Numba | None:
    """The backend itself, if what it needs is installed."""
    if chosen is not None:
        try:
            importlib.import_module("numba")
        except ImportError as error:
            raise BackendError(
                'backend="numba" needs numba, which cannot be imported',
                advice='install it with pip install "srcgrad[numba]", or use backend="numpy"',
            ) from error
    return chosen
