"""The parameters of a callable, and binding of a call's arguments to them as Python does it."""

from __future__ import annotations

import inspect
import linecache
import re
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any

from srcgrad.errors import ArgumentTypeError, Location


class Parameters:
    """The parameters of a plain function of which a callable has filled some in advance.

    ``names`` are all parameters of the function, in order; a ``*args`` parameter counts as one (a tuple), a
    ``**kwargs`` parameter as one (a dict).  ``positional`` are those that a caller can still give by position:
    the receiver of a bound method and what a partial has filled are not among them.
    """

    def __init__(self, function: FunctionType, leading: int, keywords: tuple[str, ...]) -> None:
        code = function.__code__
        by_position = code.co_varnames[: code.co_argcount]
        position = code.co_argcount + code.co_kwonlyargcount
        keyword_only = code.co_varnames[code.co_argcount : position]
        self.function = function
        self.variadic: str | None = None
        self.variadic_keywords: str | None = None
        if code.co_flags & inspect.CO_VARARGS:
            self.variadic = code.co_varnames[position]
            position += 1
        if code.co_flags & inspect.CO_VARKEYWORDS:
            self.variadic_keywords = code.co_varnames[position]
        star = [self.variadic] if self.variadic else []
        two_stars = [self.variadic_keywords] if self.variadic_keywords else []
        self.names: tuple[str, ...] = (*by_position, *star, *keyword_only, *two_stars)
        self.filled = (*by_position[:leading], *keywords)
        self.variadic_filled = max(0, leading - len(by_position))
        self.positional = tuple(name for name in by_position if name not in self.filled)
        written = list(by_position[: code.co_posonlyargcount]) + ["/"] * bool(code.co_posonlyargcount)
        written += by_position[code.co_posonlyargcount :]
        written += [f"*{self.variadic}"] if self.variadic else ["*"] * bool(keyword_only)
        written += [*keyword_only, *(f"**{name}" for name in two_stars)]
        self._written = written
        self._bind = self._binder()

    def __str__(self) -> str:
        """The function as a call of it is written: ``loss(w, x, *, rate)``."""
        shown = [name for name in self._written if name not in self.filled]
        return f"{self.function.__name__}({', '.join(shown)})"

    def index(self, name: str) -> int:
        """Where a parameter stands among the bound values."""
        return self.names.index(name)

    def binder(self, leading: tuple[Any, ...], keywords: Mapping[str, Any]) -> Callable[..., tuple[Any, ...]]:
        """A function that takes a call's arguments and returns the values of all parameters."""
        bind = self._bind
        if not leading and not keywords:
            return bind

        def bind_rest(*args: Any, **kwargs: Any) -> tuple[Any, ...]:
            return bind(*leading, *args, **{**keywords, **kwargs})

        return bind_rest

    def misbound(self, error: TypeError) -> ArgumentTypeError:
        """The error for a call whose arguments do not fit, in Python's words."""
        return ArgumentTypeError(str(error), location=self.location(), advice=f"it is called as {self}")

    def _binder(self) -> Callable[..., tuple[Any, ...]]:
        """A function of the same parameters that returns their values: Python itself binds, and words the errors."""
        function = self.function
        parameters = ", ".join(self.header)
        values = "".join(f"{name}, " for name in self.names)
        module: dict[str, Any] = {}
        exec(f"def bind({parameters}):\n    return ({values})", module)
        bind: FunctionType = module["bind"]
        bind.__name__, bind.__qualname__ = function.__name__, function.__qualname__
        bind.__defaults__, bind.__kwdefaults__ = function.__defaults__, function.__kwdefaults__
        return bind

    @property
    def header(self) -> tuple[str, ...]:
        """The parameters as a ``def`` line has them; all defaults are None, to be replaced by the function's own."""
        optional = self.defaults.keys()
        return tuple(f"{name}=None" if name in optional else name for name in self._written)

    @property
    def defaults(self) -> dict[str, Any]:
        """The default values, by parameter."""
        function = self.function
        count = function.__code__.co_argcount
        by_position = function.__defaults__ or ()
        names = function.__code__.co_varnames[count - len(by_position) : count]
        return {**dict(zip(names, by_position)), **(function.__kwdefaults__ or {})}

    def location(self, name: str | None = None) -> Location | None:
        """Where the function is defined: its ``def`` line, or the line on which a parameter stands."""
        code = self.function.__code__
        header = re.compile(r"\bdef\s+(\w+)|\blambda\b")
        lines = linecache.getlines(code.co_filename, self.function.__globals__)
        for line in range(code.co_firstlineno, min(len(lines), code.co_firstlineno + 50) + 1):
            found = header.search(lines[line - 1])
            if found is None or lines[line - 1].lstrip().startswith("@"):
                continue
            start, end = found.span(1) if found.group(1) else found.span()
            here = _find_word(lines, line, end, name) if name else None
            line, start, end = here or (line, start, end)
            return Location(code.co_filename, line, start, end, lines[line - 1].rstrip("\r\n"))
        return None


def _find_word(lines: list[str], line: int, column: int, word: str) -> tuple[int, int, int] | None:
    """The first occurrence of a word from a place on, within the next few lines: line, start, end."""
    for current in range(line, min(len(lines), line + 20) + 1):
        found = re.compile(rf"\b{re.escape(word)}\b").search(lines[current - 1], column if current == line else 0)
        if found:
            return current, found.start(), found.end()
    return None
