"""Whose functions are: srcgrad's own, a library's, the user's."""

from __future__ import annotations

import os
import types

from srcgrad.analyse.kinds.values import is_library

_PACKAGE = os.path.dirname(os.path.dirname(os.path.dirname(__file__)))


def is_own(function: types.FunctionType) -> bool:
    """Whether a function is part of srcgrad itself, other than what generated code calls."""
    filename = function.__code__.co_filename
    return filename.startswith(_PACKAGE) and not filename.startswith((f"{_PACKAGE}/runtime/", f"{_PACKAGE}/rules/"))


def is_foreign(function: types.FunctionType) -> bool:
    """Whether a function is the standard library's or NumPy's own: its source is not interpreted."""
    # Not function.__module__, which functools.wraps copies from another function.
    return is_library(function.__globals__.get("__name__", ""))
