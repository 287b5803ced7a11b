"""Derivatives that a differentiated program calls: the function that runs for arguments of given kinds."""

from __future__ import annotations

import linecache
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from srcgrad import pipeline
from srcgrad.errors import UnsupportedError
from srcgrad.kind import Kind, Scalar
from srcgrad.pipeline.requests import Nested
from srcgrad.pipeline.signature_kinds import signature_kinds

if TYPE_CHECKING:
    from srcgrad.calling.derivative import Derivative


def function_for(derivative: Derivative, kinds: Mapping[str, Kind]) -> Any:
    """The plain function that a derivative runs for arguments of these kinds, generated if need be."""
    if derivative._parameters.variadic is not None:
        raise UnsupportedError(
            "a derivative of a function with *args is called inside a differentiated function",
            advice="write a function with named parameters around it",
        )
    picks = derivative._specialisations.choice.picks(())
    if any(pick is None or pick.item is not None for pick in picks):
        raise UnsupportedError(
            "a derivative with respect to what *args or **kwargs caught is called inside a differentiated function",
            advice="name the parameter",
        )
    wrt = tuple(dict.fromkeys(pick.parameter for pick in picks if pick is not None))
    integers = [name for name in wrt if _is_integer(kinds[name])]
    given = {name: Scalar("float64", True) if name in integers else kind for name, kind in kinds.items()}
    given = {name: _without_value(kind) for name, kind in signature_kinds(given, False).items()}
    key = tuple(given.items())
    known = derivative._for_kinds.get((key, tuple(integers)))
    if known is None:
        options = derivative._specialisations.options
        request = pipeline.Request(
            derivative._function, key, wrt, options.form, has_aux=options.has_aux, result=options.result
        )
        single = derivative._specialisations.choice.single
        order = tuple(wrt.index(pick.parameter) for pick in picks if pick is not None)
        known = _adapted(derivative, pipeline.generate(request).main, request, single, order, integers)
        derivative._for_kinds[(key, tuple(integers))] = known
    return known


def _adapted(
    derivative: Derivative,
    main: Any,
    request: pipeline.Request,
    single: bool,
    order: tuple[int, ...],
    integers: list[str],
) -> Any:
    """The generated function under the parameters of the user's, with what it gives in the order of ``argnums``."""
    function = derivative._function
    parameters = derivative._parameters
    plain = single == (len(request.wrt) == 1) and order == tuple(range(len(request.wrt)))
    is_same = plain and not integers and list(parameters.header) == list(parameters.names)
    if is_same:
        made = main
    else:
        if not (plain or (len(order) == 1 and request.form == "gradient" and not request.has_aux)):
            raise UnsupportedError(
                "a derivative with this choice of argnums is called inside a differentiated function",
                advice="name each argument once, in the order of the parameters",
            )
        arguments = ", ".join(f"float({name})" if name in integers else name for name in parameters.names)
        result = f"main({arguments})" if plain else f"(main({arguments}),)"
        name = derivative.__name__.replace("<lambda>", "anonymous").strip("<>")
        text = f"def {name}({', '.join(parameters.header)}):\n    return {result}\n"
        filename = f"<srcgrad: {name} {id(main)}>"
        linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
        module: dict[str, Any] = {"main": main, "__name__": "srcgrad_generated.nested"}
        exec(compile(text, filename, "exec"), module)
        made = module[name]
        made.__defaults__, made.__kwdefaults__ = function.__defaults__, function.__kwdefaults__
    made.__srcgrad_nested__ = Nested(request, derivative, single)
    return made


def _is_integer(kind: Kind) -> bool:
    return isinstance(kind, Scalar) and kind.dtype.startswith(("int", "uint"))


def _without_value(kind: Kind) -> Kind:
    """A float without its constant."""
    if isinstance(kind, Scalar) and isinstance(kind.value, float | complex):
        return Scalar(kind.dtype, kind.python)
    return kind
