"""Global and closure variables that generated code reads: whether they are as they were, asked at every call."""

from __future__ import annotations

import types
from typing import Any

import numpy as np

from srcgrad.calling.signatures import NUMBERS
from srcgrad.custom import CustomFunction
from srcgrad.pipeline import Generated

# What keeps its kind for as long as it is the same object: for these a look at the identity will do.
UNCHANGING = (
    types.ModuleType,
    types.FunctionType,
    types.BuiltinFunctionType,
    np.ufunc,
    CustomFunction,
    np.ndarray,
    str,
    type,
    type(None),
)
_ABSENT = object()


class Surroundings:
    """The variables that one specialisation reads."""

    __slots__ = ("_reads", "_globals", "_others", "_codes")

    def __init__(self, generated: Generated) -> None:
        self._reads = generated.environment
        self._globals: list[tuple[dict[str, Any], str, dict[str, Any], str]] = []
        self._others = []
        self._codes: list[tuple[types.FunctionType, types.CodeType]] = []
        for read in self._reads:
            owner, value = read.read.owner, read.module.get(read.name)
            if isinstance(value, types.FunctionType):
                self._codes.append((value, value.__code__))
            if isinstance(owner, dict) and (isinstance(value, UNCHANGING) or type(value) in NUMBERS):
                self._globals.append((owner, read.read.name, read.module, read.name))
            else:
                self._others.append(read)

    def are_current(self) -> bool:
        """Whether all variables have the kinds that the code was made for; brings the module's copies up to date."""
        for owner, name, module, copy in self._globals:
            if owner.get(name, _ABSENT) is not module.get(copy):
                return self._all_current()
        for read in self._others:
            if not read.is_current():
                return self._all_current()
        for function, code in self._codes:
            if function.__code__ is not code:  # replaced in place, as a notebook's autoreload does
                return False
        return True

    def _all_current(self) -> bool:
        """Ask every variable, none left out: each brings its own copy up to date."""
        answers = [read.is_current() for read in self._reads]
        return all(answers) and all(function.__code__ is code for function, code in self._codes)
