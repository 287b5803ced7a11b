"""Derivatives that a program makes itself: the expressions that stand in the place of ``grad(f)`` and its like.

Before::

    slope = grad(lambda x: energy(w, x))(x)
    u, u_dot = jvp(field, (t,), (1.0,))

After, with ``anonymous_grad`` and ``field_jvp`` made here::

    slope = (lambda x: anonymous_grad(x, w))(x)
    u, u_dot = field_jvp(t, 1.0)
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import gast

from srcgrad.analyse.kinds import DerivativeCall
from srcgrad.errors import ArgumentTypeError, ArgumentValueError, UnsupportedError
from srcgrad.kind import Array, Kind, Scalar, TupleOf, is_differentiable
from srcgrad.pipeline.lifting import Lookup, lifted_function, lifted_tree
from srcgrad.syntax.build import call, constant, local_names, name, names_read, subscript
from srcgrad.syntax.names import Names
from srcgrad.syntax.tree import copy_tree

# A name under which trees of a function find an object.
NameOf = Callable[[Any, Any, str, Names], str]


class MadeInside:
    """The derivatives that one program makes."""

    def __init__(self, program: Lookup, name_of: NameOf, taken: Callable[[Any], set[str]]) -> None:
        self._program = program
        self._name_of = name_of
        self._taken = taken
        self._lifted: dict[Any, Any] = {}
        self._made: dict[Any, Any] = {}

    def written(self, wanted: DerivativeCall) -> gast.expr | None:
        """The expression in the place of a call; None where it cannot be written."""
        names = Names(_names_in(wanted.tree) | self._taken(wanted.function))
        own: list[str] | None = None
        function = wanted.target
        if wanted.surroundings is not None:
            function, own = self._function(wanted)
        if wanted.maker.takes == "primals":
            return self._run(wanted, function, own, names)
        if wanted.maker.takes == "arguments":
            return self._result_and_pullback(wanted, function, own, names)
        options = dict(wanted.options)
        argnums = options.pop("argnums", 0)
        if own is not None:
            argnums = _named(argnums, own, wanted.node)
        made = self._name(wanted, function, argnums, options, names)
        if wanted.surroundings is None or own is None:
            return name(made)
        plain = wanted.target.args
        trailing = [names.fresh(parameter) for parameter in wanted.maker.trailing]
        if trailing and (plain.defaults or plain.kwonlyargs):
            raise UnsupportedError(
                "a function with defaults is differentiated in this way inside a differentiated function",
                node=wanted.node,
                advice="leave its defaults out",
            )
        header = copy_tree(plain)
        header.args += [gast.Name(parameter, gast.Param(), None, None) for parameter in trailing]
        return gast.Lambda(header, call(made, *map(name, (*own, *wanted.surroundings.values, *trailing))))

    def _function(self, wanted: DerivativeCall) -> tuple[Any, list[str]]:
        """A function defined inside as one of its own, and its own parameters."""
        assert wanted.surroundings is not None
        _check_defaults(wanted)
        free = names_read(wanted.target) | set(wanted.surroundings.values) | set(dict(wanted.surroundings.functions))
        tree, own = lifted_tree(wanted.target, wanted.surroundings, Names(free).fresh(wanted.label))
        key = (wanted.function, gast.dump(tree, include_attributes=False))
        if key not in self._lifted:
            self._lifted[key] = lifted_function(tree, wanted.function, self._program, wanted.surroundings.values)
        return self._lifted[key], own

    def _name(
        self, wanted: DerivativeCall, function: Any, argnums: Any, options: dict[str, Any], names: Names
    ) -> str:
        """The name of a derivative."""
        key = (wanted.maker, function, argnums, *sorted(options.items()))
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = wanted.maker.make(function, argnums, **options)
        called = str(made.__name__).replace("<lambda>", "anonymous").strip("<>_")
        return self._name_of(wanted.function, made, called, names)

    # ---- forward mode at a point ----

    def _run(
        self, wanted: DerivativeCall, function: Any, own: list[str] | None, names: Names
    ) -> gast.expr | None:
        """``f_jvp(x, y, w, x_dot, y_dot)`` for ``jvp(f, (x, y), (x_dot, y_dot))``."""
        if len(wanted.node.args) != 3:
            return None
        primals = _items(wanted.node.args[1], wanted.arguments[0])
        tangents = _items(wanted.node.args[2], wanted.arguments[1])
        if primals is None or tangents is None:
            return None
        if len(primals) != len(tangents):
            raise ArgumentTypeError(
                f"jvp is given {len(primals)} arguments and {len(tangents)} tangents",
                node=wanted.node,
                advice="give one tangent for each argument; None for one that is not differentiated",
            )
        chosen = tuple(
            position
            for position, ((_, kind), (dot, dot_kind)) in enumerate(zip(primals, tangents, strict=True))
            if not _is_left_out(dot, dot_kind, kind)
        )
        if not chosen:
            return None
        argnums = chosen if own is None else tuple(own[position] for position in chosen if position < len(own))
        made = self._name(wanted, function, argnums, dict(wanted.options), names)
        dots = [_as_tangent(*tangents[position], primals[position][1], wanted.node) for position in chosen]
        values = [copy_tree(node) for node, _ in primals]
        if own is None:
            return call(made, *values, *dots)
        assert wanted.surroundings is not None
        if len(values) != len(own):
            raise ArgumentTypeError(
                f"jvp is given {len(values)} arguments for a function of {len(own)}",
                node=wanted.node,
                advice="give them all",
            )
        return call(made, *values, *map(name, wanted.surroundings.values), *dots)


    # ---- reverse mode at a point ----

    def _result_and_pullback(
        self, wanted: DerivativeCall, function: Any, own: list[str] | None, names: Names
    ) -> gast.expr:
        """``(f(x, y), lambda bar, x=x, y=y: f_pullback(x, y, bar))`` for ``vjp(f, x, y)``."""
        given = wanted.node.args[1:]
        options = dict(wanted.options)
        argnums = options.get("argnums", tuple(range(len(given))))
        if not all(map(is_differentiable, wanted.arguments)) and "argnums" not in options:
            raise UnsupportedError(
                "vjp is called with arguments that hold no floats inside a differentiated function",
                node=wanted.node,
                advice="name the differentiated arguments: argnums=(0,)",
            )
        captured: tuple[str, ...] = ()
        if own is not None and wanted.surroundings is not None:
            argnums = _named(argnums, own, wanted.node)
            captured = wanted.surroundings.values
            if len(given) != len(own):
                raise ArgumentTypeError(
                    f"vjp is given {len(given)} arguments for a function of {len(own)}",
                    node=wanted.node,
                    advice="give them all",
                )
        made = self._name(wanted, function, argnums, {}, names)
        called = self._name_of(wanted.function, function, str(function.__name__), names)
        bar = names.fresh("bar")
        held = [*(names.fresh(f"at_{position}") for position in range(len(given))), *captured]
        values = [*map(copy_tree, given), *map(name, captured)]
        header = gast.arguments(
            [gast.Name(bar, gast.Param(), None, None)], [], None,
            [gast.Name(each, gast.Param(), None, None) for each in held], list(map(copy_tree, values)), None, [],
        )
        pullback = gast.Lambda(header, call(made, *map(name, held), name(bar)))
        return gast.Tuple([call(called, *values), pullback], gast.Load())


def _names_in(tree: gast.AST) -> set[str]:
    found = {node.id for node in gast.walk(tree) if isinstance(node, gast.Name)}
    return found | (local_names(tree) if isinstance(tree, gast.FunctionDef | gast.Lambda) else set())


def _check_defaults(wanted: DerivativeCall) -> None:
    """Refuse defaults that may have changed since the function was made."""
    plain = wanted.target.args
    if wanted.target is wanted.node.args[0]:
        return
    for value in (*plain.defaults, *(value for value in plain.kw_defaults if value is not None)):
        if not isinstance(value.operand if isinstance(value, gast.UnaryOp) else value, gast.Constant):
            raise UnsupportedError(
                "a function with a default that is no constant is differentiated inside a differentiated function",
                node=value,
                advice="read the variable in the function itself, or pass it as an argument",
            )


def _named(argnums: Any, own: list[str], node: gast.AST) -> Any:
    """The parameters that ``argnums`` means, by their names."""
    if isinstance(argnums, tuple | list):
        return tuple(_named(item, own, node) for item in argnums)
    if isinstance(argnums, str) and argnums in own:
        return argnums
    try:
        return own[operator.index(argnums)]
    except (TypeError, IndexError):
        raise ArgumentValueError(
            f"argnums has {argnums!r}, but the function has the parameters {', '.join(own)}",
            node=node,
            advice="count from 0, or give the parameter's name",
        ) from None


def _items(node: gast.expr, kind: Kind) -> list[tuple[gast.expr, Kind]] | None:
    """The items of a tuple with their kinds: those written out, or taken from a variable."""
    if not isinstance(kind, TupleOf):
        return None
    if isinstance(node, gast.Tuple) and not any(isinstance(item, gast.Starred) for item in node.elts):
        return list(zip(node.elts, kind.elements, strict=True))
    if isinstance(node, gast.Name):
        return [(subscript(node.id, position), inside) for position, inside in enumerate(kind.elements)]
    return None


def _is_left_out(dot: gast.expr, dot_kind: Kind, kind: Kind) -> bool:
    """Whether an argument gets no tangent: None, or 0 for one that holds no float."""
    if isinstance(dot, gast.Constant) and dot.value is None:
        return True
    is_zero = isinstance(dot_kind, Scalar) and dot_kind.value == 0
    return is_zero and not is_differentiable(kind)


def _as_tangent(dot: gast.expr, kind: Kind, of: Kind, node: gast.AST) -> gast.expr:
    """A tangent as the generated function takes it: a float for a float, an array for an array."""
    if isinstance(of, Scalar) and isinstance(kind, Scalar):
        if isinstance(dot, gast.Constant) and not isinstance(dot.value, float | complex):
            return constant(float(dot.value))
        return call("float", copy_tree(dot)) if kind.dtype.startswith(("int", "uint", "bool")) else copy_tree(dot)
    fits = type(kind) is type(of)
    if isinstance(of, Array) and isinstance(kind, Array):
        fits = kind.dtype == of.dtype and (None in (kind.dims, of.dims) or len(kind.dims or ()) == len(of.dims or ()))
    if not fits:
        raise ArgumentTypeError(
            "a tangent is not of its argument's kind",
            node=dot if getattr(dot, "lineno", None) is not None else node,
            advice="give a float for a float, an array of the same shape and dtype for an array",
        )
    return copy_tree(dot)
