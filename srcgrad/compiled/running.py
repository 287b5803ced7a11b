"""Compiling at the first call: numba's dispatchers with srcgrad's messages, log lines and cache."""

from __future__ import annotations

import inspect
import logging
import re
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
from numba.core import errors as numba_errors

from srcgrad.compiled import forms as forms  # numba knows them from then on
from srcgrad.compiled import linear_forms as linear_forms
from srcgrad.errors import Location, SrcgradError, UnsupportedError

log = logging.getLogger("srcgrad")

ADVICE = 'use backend="numpy" for this function; the README has a table of what numba cannot compile'
_LINE = re.compile(r'(<srcgrad [^>]*>)(?:", line | \()(\d+)')
_NOISE = re.compile(r"^(Failed in nopython mode pipeline|During:|File |\[\d+\]|-+\^|This error|<source elided>|\*+$)")


@dataclass(frozen=True)
class Compiler:
    """What one module's functions are compiled with: ``locate`` finds the user's line for one of the module's text."""

    title: str
    filename: str
    locate: Callable[[int], Location | None]
    progress: bool

    def attach(self, dispatcher: Any, cache: Any = None) -> None:
        """Let a dispatcher that is called from Python compile by way of this."""
        if cache is not None:
            dispatcher._cache = cache
        parameters = list(inspect.signature(dispatcher.py_func).parameters)
        called = dispatcher.py_func.__name__
        plain = dispatcher._compile_for_args

        def compile_for(*args: Any, **keywords: Any) -> Any:
            for parameter, argument in zip(parameters, args):
                self._check(parameter, argument)
            return self._compiled(called, lambda: plain(*args, **keywords), cache)

        # The dispatcher asks its own attribute for a version for arguments of new types.
        dispatcher._compile_for_args = compile_for

    def _compiled(self, called: str, plain: Callable[[], Any], cache: Any) -> Any:
        """Compile for arguments of types that are new, or load what was compiled, and say so."""
        hits = getattr(cache, "hits", 0)
        log.info("compiling %s with numba", called)
        if self.progress:
            print(f"srcgrad: compiling {called} ...", file=sys.stderr, end="", flush=True)
        start = time.perf_counter()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", numba_errors.NumbaWarning)
                made = plain()
        except SrcgradError:
            raise
        except Exception as error:
            # No code of the user's runs while numba compiles, so that whatever it raises is about the code.
            raise self._refusal(error) from None
        finally:
            if self.progress:
                print(f" {time.perf_counter() - start:.1f} s", file=sys.stderr)
        seconds = time.perf_counter() - start
        if getattr(cache, "hits", 0) > hits:
            log.info("loaded %s from the cache in %.1f s: nothing was compiled", called, seconds)
        else:
            log.info("compiled %s in %.1f s", called, seconds)
        return made

    def _check(self, parameter: str, argument: Any) -> None:
        """Refuse an argument of a type that numba does not know, or in which it computes otherwise than NumPy."""
        if _is_single(argument):
            raise UnsupportedError(
                f"compiled code does not take {parameter}, which is of single precision: numba widens, NumPy does not",
                location=self.locate(0),
                advice=f'pass {parameter}.astype(np.float64), or use backend="numpy"',
            )
        try:
            numba.typeof(argument)  # type: ignore[no-untyped-call]
        except Exception:
            raise UnsupportedError(
                f"numba does not take {parameter}, a {_described(argument)}", location=self.locate(0), advice=ADVICE
            ) from None

    def _refusal(self, error: Exception) -> UnsupportedError:
        """numba's error as one at the user's line."""
        text = str(error)
        line = next((int(number) for name, number in _LINE.findall(text) if name == self.filename), 0)
        own = getattr(error, "loc", None)
        if not line and own is not None and own.filename == self.filename:
            line = own.line
        message = f"numba cannot compile this: {_reason(text)}"
        return UnsupportedError(message, location=self.locate(line), advice=ADVICE)


def _is_single(argument: Any) -> bool:
    """Whether an argument is, or holds, numbers of single precision or less."""
    if isinstance(argument, list | tuple):
        return any(map(_is_single, argument))
    return getattr(argument, "dtype", None) in (np.float16, np.float32, np.complex64)


def _described(argument: Any) -> str:
    """An argument's type, with that of a list's entries."""
    kind = type(argument).__name__
    if isinstance(argument, list | tuple) and argument:
        return f"{kind} of {', '.join(sorted({type(item).__name__ for item in argument}))}"
    return kind


def _reason(text: str) -> str:
    """The sentence of numba's message that says what is wrong."""
    lines = [line.strip() for line in text.splitlines()]
    telling = [line for line in lines if line and not _NOISE.match(line)]
    for line in telling:
        unknown = re.match(r"Untyped global name '(\w+)': Cannot determine Numba type of <class '(\w+)'>", line)
        if unknown:
            called, kind = unknown.groups()
            what = "class" if kind in ("type", "ABCMeta") else "function"
            return f"the {what} {called} has no compiled form"
        found = re.match(r"No implementation of function Function\((.*)\) found for signature:", line)
        if found:
            shown = next((one for one in telling if one.startswith(">>>")), "")
            called = shown.removeprefix(">>>").strip() or found.group(1)
            return f"there is no implementation of {called}"
    return telling[0].partition(" Raised from ")[0].rstrip(".") if telling else text.strip()
