"""numba's compiled code on disk, under names that say all that it depends on."""

from __future__ import annotations

import hashlib
import logging
import os
import pickle
import types
from collections.abc import Mapping
from dataclasses import astuple
from functools import cache
from pathlib import Path
from typing import Any

import numba
import numpy as np
from numba.core import compiler, serialize
from numba.core.caching import NullCache

from srcgrad import runtime
from srcgrad.backend import Numba
from srcgrad.compiled import store

log = logging.getLogger("srcgrad")


def module_digest(text: str, backend: Numba, used: Mapping[str, Any]) -> str | None:
    """A digest of a module's text, of what it uses, and of what compiles it; None where that cannot be told.

    ``used`` are the objects that the text reads by name.
    """
    described = {name: _described(value) for name, value in used.items()}
    if None in described.values():
        return None
    settings = sorted(item for item in os.environ.items() if item[0].startswith("NUMBA_"))
    parts = (text, astuple(backend), sorted(described.items()), settings, _versions(), _own_code())
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _described(value: Any) -> str | None:
    """What an object is, in a text that another process would give for the same."""
    if value is None or value is Ellipsis or isinstance(value, str | bytes | bool | int | float | np.dtype):
        return repr(value)
    if isinstance(value, types.ModuleType):
        return value.__name__
    home, called = getattr(value, "__module__", None), getattr(value, "__qualname__", getattr(value, "__name__", None))
    if isinstance(value, np.ufunc):
        return f"numpy.{value.__name__}"
    return f"{home}.{called}" if home and called and "<" not in called else None


@cache
def _versions() -> tuple[str, ...]:
    return numba.__version__, np.__version__, *map(str, _machine())


def _machine() -> tuple[Any, ...]:
    """The processor that code is compiled for."""
    from numba.core.registry import cpu_target

    return tuple(cpu_target.target_context.codegen().magic_tuple())


@cache
def _own_code() -> str:
    """A digest of srcgrad's own functions that are compiled into a module."""
    found = hashlib.sha256()
    for folder in (Path(__file__).parent, Path(runtime.__file__).parent):
        for path in sorted(folder.glob("*.py")):
            found.update(path.read_bytes())
    return found.hexdigest()


class DiskCache(NullCache):
    """What a dispatcher asks before it compiles, and gives what it has compiled."""

    def __init__(self, digest: str, function: str) -> None:
        self._digest = digest
        self._function = function
        self.hits = 0

    def _name(self, signature: Any) -> str:
        return hashlib.sha256(f"{self._digest} {self._function} {signature}".encode()).hexdigest()

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """The compiled function for a signature, None where it is not kept."""
        payload = store.load(self._name(sig))
        if payload is None:
            return None
        target_context.refresh()
        try:
            # Signed with this user's key: what is unpickled here was pickled by `save_overload`.
            rebuilt: Any = compiler.CompileResult._rebuild
            found = rebuilt(target_context, *pickle.loads(payload))
        except Exception as error:
            log.warning("compiled code is compiled anew: %s", error)
            return None
        self.hits += 1
        return found

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep a compiled function, if it can be kept."""
        if data.library.has_dynamic_globals or any(not lifted.can_cache for lifted in data.lifted):
            return
        pickled: Any = serialize.dumps
        store.save(self._name(sig), pickled(data._reduce()))
