"""Where the free names of a function come from, so that they can be read when it is called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import CellType
from typing import Any, Literal

from srcgrad.read.function import FunctionSource


@dataclass(frozen=True)
class Binding:
    """A free name: a cell of the closure, a global of the function's module, or a built-in.

    ``owner`` is the cell, or the dictionary that holds the name; ``value`` is what it held when the name was looked
    up (None where ``is_set`` is false), and `read` tells what it holds now.
    """

    name: str
    kind: Literal["cell", "global", "builtin"]
    owner: CellType | Mapping[str, Any]
    value: Any
    is_set: bool

    def read(self) -> Any:
        """The value now; NameError as Python raises it where there is none."""
        if isinstance(self.owner, CellType):
            try:
                return self.owner.cell_contents
            except ValueError:
                raise NameError(f"cannot access free variable '{self.name}'", name=self.name) from None
        if self.name in self.owner:
            return self.owner[self.name]
        raise NameError(f"name '{self.name}' is not defined", name=self.name)


def lookup(source: FunctionSource, name: str) -> Binding:
    """Where the function finds a name that it does not bind itself: closure, then globals, then built-ins.

    A name that is nowhere is a global that is not set: it may come to be before the function is called.
    """
    function = source.function
    captured = function.__code__.co_freevars
    if name in captured:
        assert function.__closure__ is not None
        cell = function.__closure__[captured.index(name)]
        try:
            return Binding(name, "cell", cell, cell.cell_contents, True)
        except ValueError:  # the cell is empty: the name is assigned later
            return Binding(name, "cell", cell, None, False)
    namespace = function.__globals__
    if name in namespace:
        return Binding(name, "global", namespace, namespace[name], True)
    builtins: Mapping[str, Any] = getattr(function, "__builtins__")  # noqa: B009 (unknown to typeshed)
    if name in builtins:
        return Binding(name, "builtin", builtins, builtins[name], True)
    return Binding(name, "global", namespace, None, False)
