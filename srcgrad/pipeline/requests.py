"""What can be asked of the pipeline, and what it gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from srcgrad.analyse.kinds import EnvironmentRead
from srcgrad.backend import Numba
from srcgrad.kind import DictOf, Instance, Kind, Opaque, SequenceOf, TupleOf

Form = Literal["gradient", "value_and_gradient", "pair", "tangent", "value_and_tangent", "value_and_tangents"]
Result = Literal["scalar", "holomorphic", "sum", "any"]

# The attribute by which a function that a derivative runs says of which derivative: a `Nested`.
NESTED = "__srcgrad_nested__"

# What is in these may change its kind while the object itself stays.
_CHANGEABLE = (DictOf, Instance, Opaque, SequenceOf, TupleOf)


@dataclass(frozen=True)
class Request:
    """A derivative of one function for one signature.

    ``kinds`` has one kind for each parameter, in the order of the signature (a tuple for ``*args``, a dict for
    ``**kwargs``); ``wrt`` names the differentiated ones.  ``result`` says what the function may return: one number,
    arrays of which the sum is differentiated, or anything for which the caller gives a cotangent.  ``backend`` is what
    compiles the code, None for code that runs as it stands.
    """

    function: Callable[..., Any]
    kinds: tuple[tuple[str, Kind], ...]
    wrt: tuple[str, ...]
    form: Form = "gradient"
    has_aux: bool = False
    result: Result = "scalar"
    backend: Numba | None = None


@dataclass(frozen=True)
class Nested:
    """A derivative that a differentiated program calls: what it was generated for, and what users call.

    With ``single`` it returns one gradient, otherwise a tuple of them.
    """

    request: Request
    derivative: Any
    single: bool


@dataclass(frozen=True)
class GlobalRead:
    """A global or closure variable that generated code reads under a name of its own module."""

    read: EnvironmentRead
    module: dict[str, Any] = field(repr=False)
    name: str

    def is_current(self) -> bool:
        """Whether the variable still has the kind that the code was made for; brings the module's copy up to date."""
        try:
            value = self.read.value()
        except (LookupError, ValueError):
            self.module.pop(self.name, None)
            return False
        if self.module.get(self.name, self) is value and not isinstance(self.read.kind, _CHANGEABLE):
            return True
        if not self.read.is_current():
            return False
        self.module[self.name] = value
        return True


@dataclass(frozen=True)
class Generated:
    """Generated code: the text of its module, and the functions that do what was asked.

    ``main`` is one function, or for a pair the forward and the reverse sweep.  With ``several`` it takes tangents in
    several directions at once, along an axis in front.
    """

    text: str
    main: Any
    environment: tuple[GlobalRead, ...]
    several: bool = False

    @property
    def forward(self) -> Callable[..., Any]:
        """The forward sweep of a pair."""
        return self.main[0]  # type: ignore[no-any-return]

    @property
    def reverse(self) -> Callable[..., Any]:
        """The reverse sweep of a pair."""
        return self.main[1]  # type: ignore[no-any-return]
