"""What the inference of kinds finds out, and what it asks of the rest of srcgrad."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias, TypeVar

import gast

from srcgrad.analyse.kinds.values import environment_kind
from srcgrad.custom import Maker
from srcgrad.kind import Constant, Function, Instance, Kind, Unreachable

Result = TypeVar("Result")


class Binding(Protocol):
    """Where a free name of a function comes from: ``kind`` is "cell", "global" or "builtin"."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> Any: ...
    @property
    def owner(self) -> Any: ...
    @property
    def value(self) -> Any: ...
    @property
    def is_set(self) -> bool: ...


class Resolved(Protocol):
    """A callable as the function that it runs and the arguments that are bound to it."""

    @property
    def function(self) -> Any: ...
    @property
    def leading(self) -> tuple[Any, ...]: ...
    @property
    def keywords(self) -> Mapping[str, Any]: ...


Inner: TypeAlias = gast.FunctionDef | gast.Lambda


@dataclass(frozen=True)
class Surroundings:
    """What a function defined inside the program reads from around it: values, and functions defined there, too."""

    values: tuple[str, ...]
    functions: tuple[tuple[str, Inner], ...]


@dataclass(frozen=True)
class DerivativeCall:
    """A call of ``grad``, ``jvp`` or another maker of derivatives in ``tree``, a tree of ``function``.

    ``target`` is what is differentiated: a Python callable, or a function defined inside, with its ``surroundings``.
    ``arguments`` are the kinds of the call's arguments behind it.
    """

    node: gast.Call
    function: Any
    tree: gast.AST
    target: Any
    label: str
    surroundings: Surroundings | None
    maker: Maker
    options: Mapping[str, Any]
    arguments: list[Kind]


class Program(Protocol):
    """The program around a function: bodies of functions, their names, what callables run."""

    def written_derivative(self, wanted: DerivativeCall) -> gast.expr | None: ...

    def body(self, function: Any) -> gast.FunctionDef: ...
    def lookup(self, function: Any, name: str) -> Any: ...
    def resolve(self, function: Any) -> Any: ...


@dataclass(frozen=True)
class EnvironmentRead:
    """A global or closure variable that the program reads, and the kind it had."""

    owner: Any = field(repr=False)
    name: str
    kind: Kind

    def value(self) -> Any:
        """The variable's current value; a LookupError or ValueError where it is gone."""
        if isinstance(self.owner, types.CellType):
            return self.owner.cell_contents
        return self.owner[self.name]

    def is_current(self) -> bool:
        """Whether the variable still has the kind for which the program was specialised."""
        try:
            value = self.value()
        except (LookupError, ValueError):
            return False
        kind = self.kind
        if isinstance(kind, Constant):
            return kind.value is value or (type(kind.value) is type(value) and bool(kind.value == value))
        if isinstance(kind, Function) and kind.targets[0] is value:
            return True
        if isinstance(kind, Instance) and kind.value is not value:
            return False
        return environment_kind(value, symbol_of(self.owner, self.name)) == kind


def symbol_of(owner: Any, name: str) -> str:
    """The name for the lengths of a global or closure variable; no parameter is called so."""
    if isinstance(owner, types.CellType):
        return f"cell{id(owner)}.{name}"
    return f"{owner.get('__name__', 'globals')}:{name}"


@dataclass(frozen=True)
class Target:
    """One function that a call may run.

    ``function`` is a Python object, or the tree node of a function defined inside the program.  With ``bound`` the
    receiver ``call.func.value`` is the first argument; where that is another expression, as ``self`` in
    ``super().area()``, it is ``receiver``.  ``leading`` and ``keywords`` are the values bound to a partial or a method.
    ``parameters`` are the kinds of the parameters of a function with source (None for others), and ``inside`` gives
    the kinds found in its body.  ``written`` is what stands in the place of a call that makes a derivative.
    """

    function: Any
    bound: bool = False
    leading: tuple[Any, ...] = ()
    keywords: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, Kind] | None = None
    result: Kind = Unreachable()
    receiver: gast.AST | None = None
    inside: Callable[[], Kinds] | None = field(default=None, compare=False, repr=False)
    written: gast.expr | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class CallFact:
    """The functions that a call may run; none where nothing is known of the callee."""

    targets: tuple[Target, ...] = ()


@dataclass(frozen=True)
class Kinds:
    """The kinds in one function for one signature.

    ``of`` has every expression node that may run, slices excepted; ``decided`` the tests whose outcome is fixed, of
    ``if``, ``while``, ``assert``, conditional expressions and boolean operators; ``variables`` each variable's kind
    over all its assignments, ``variables_at_exit`` when the function returns.
    """

    of: Mapping[gast.AST, Kind]
    calls: Mapping[gast.Call, CallFact]
    result: Kind
    reads: tuple[EnvironmentRead, ...]
    decided: Mapping[gast.AST, bool]
    variables: Mapping[str, Kind]
    variables_at_exit: Mapping[str, Kind]
    _evaluate: Callable[[gast.AST, Mapping[str, Kind]], Kind] = field(compare=False, repr=False)
    # What analyses have found with these kinds, by analysis, tree and further arguments.
    _known: dict[Any, Any] = field(default_factory=dict, init=False, compare=False, repr=False)

    def evaluate(
        self, expression: gast.AST, extra: Mapping[str, Kind] | None = None, at: gast.AST | None = None
    ) -> Kind:
        """The kind of a new expression over the function's variables, ``np``, ``math`` and the names in ``extra``.

        Nodes of the function itself inside it keep their kinds.  Opaque where nothing is known; nothing is ever raised.
        """
        return self._evaluate(expression, extra or {})

    def once(self, analysis: Callable[..., Result], tree: gast.AST, *arguments: Any) -> Result:
        """``analysis(tree, kinds, *arguments)``, run once: trees do not change any more once their kinds are known."""
        key = (analysis, tree, *arguments)
        if key not in self._known:
            self._known[key] = analysis(tree, self, *arguments)
        return self._known[key]  # type: ignore[no-any-return]
