"""``python -m srcgrad file.py function``: print the adjoint of a function without running it."""

from __future__ import annotations

import argparse
import importlib.util
import inspect
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from srcgrad.calling.annotations import annotated_kind
from srcgrad.errors import ArgumentValueError, SrcgradError
from srcgrad.kind import Array, Kind, Scalar
from srcgrad.pipeline import Request, generate, kind_of, resolve, stages

DESCRIPTION = "Print the adjoint of a Python function, made for the kinds of its arguments; the function is not run."

EPILOG = """\
A kind is float, int, bool, complex, a number of dimensions (1d, 2d, ...; nd for any), one of these with a dtype
behind a colon (2d:float32), or an annotation in Python ("list[float]").  Parameters that are not given
have the kind of their annotation or of their default.

example:  python -m srcgrad model.py loss --kinds w=1d X=2d t=1d --wrt w
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the result is the exit status."""
    parser = argparse.ArgumentParser(
        "python -m srcgrad",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", type=Path, help="a Python file; it is imported")
    parser.add_argument("function", help="the name of a function in it, or Class.method")
    parser.add_argument("--kinds", nargs="+", default=[], metavar="NAME=KIND", help="kinds of parameters")
    parser.add_argument("--wrt", nargs="+", metavar="NAME", help="differentiate in these (the first parameter)")
    parser.add_argument("--value", action="store_true", help="return the value too")
    parser.add_argument("--sum", action="store_true", help="differentiate the sum of the results (elementwise_grad)")
    parser.add_argument("--stages", action="store_true", help="print the function after each pass")
    options = parser.parse_args(arguments)
    if not options.file.is_file():
        parser.error(f"there is no file {options.file}")
    module = _imported(options.file)
    try:
        function = _function(module, options.function)
        request = Request(
            function=function,
            kinds=_kinds(function, module, options.kinds),
            wrt=_differentiated(function, options.wrt),
            form="value_and_gradient" if options.value else "gradient",
            result="sum" if options.sum else "scalar",
        )
        print(_listed(request) if options.stages else generate(_with_floats(request)).text, end="")
    except SrcgradError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    return 0


def _imported(file: Path) -> ModuleType:
    """The file as a module, with its folder on the path as when Python runs it."""
    sys.path.insert(0, str(file.parent.resolve()))
    spec = importlib.util.spec_from_file_location(file.stem, file)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{file} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault(file.stem, module)
    spec.loader.exec_module(module)
    return module


def _function(module: ModuleType, path: str) -> FunctionType:
    """The plain function of that name in the module, taken out of what srcgrad has made of it."""
    found: Any = module
    for name in path.split("."):
        if not hasattr(found, name):
            known = ", ".join(sorted(name for name, value in vars(found).items() if inspect.isfunction(value)))
            raise ArgumentValueError(f"{module.__name__} has no {path}", advice=f"it has {known}")
        found = getattr(found, name)
    function = resolve(getattr(found, "primal", found)).function
    if not isinstance(function, FunctionType):
        raise ArgumentValueError(f"{path} is a {type(function).__name__}, not a function written in Python")
    return function


def _kinds(function: FunctionType, module: ModuleType, given: Sequence[str]) -> tuple[tuple[str, Kind], ...]:
    """The kinds of all parameters: given on the command line, annotated, or of the defaults."""
    words = {}
    parameters = inspect.signature(function).parameters
    for item in given:
        name, equals, word = item.partition("=")
        if not equals or name not in parameters:
            names = ", ".join(parameters)
            raise ArgumentValueError(f"{item!r} is not NAME=KIND with a parameter of {function.__name__}({names})")
        words[name] = word
    kinds: dict[str, Kind] = {}
    for name, parameter in parameters.items():
        kind = None
        if name in words:
            kind = _kind_of_word(name, words[name], module)
        elif parameter.annotation is not parameter.empty:
            kind = annotated_kind(_evaluated(parameter.annotation, module), name)
        if kind is None and parameter.default is not parameter.empty:
            kind = kind_of(parameter.default, name)
        if kind is None:
            raise ArgumentValueError(f"the kind of {name} is not known", advice=f"give one: --kinds {name}=float")
        kinds[name] = kind
    return tuple(kinds.items())


def _kind_of_word(name: str, word: str, module: ModuleType) -> Kind:
    """The kind that a word on the command line means."""
    shape, colon, dtype = word.partition(":")
    dimensions = shape.removesuffix("d")
    if shape.endswith("d") and (dimensions.isdigit() or dimensions == "n"):
        dims = None if dimensions == "n" else tuple(f"{name}.shape[{axis}]" for axis in range(int(dimensions)))
        return Array(_dtype(dtype) if colon else "float64", dims)
    kind = annotated_kind(_evaluated(word, module), name)
    if kind is None:
        raise ArgumentValueError(f"{word!r} is no kind", advice="write float, int, 1d, 2d:float32 or list[float]")
    return kind


def _dtype(word: str) -> str:
    """NumPy's name of a dtype."""
    try:
        return np.dtype(word).name
    except TypeError as error:
        raise ArgumentValueError(f"{word!r} is no dtype", advice="write float64, float32, complex128, int64") from error


def _evaluated(annotation: Any, module: ModuleType) -> Any:
    """An annotation, evaluated in the module where it is text; None where that cannot be done."""
    if not isinstance(annotation, str):
        return annotation
    try:
        return eval(annotation, {"np": np, **vars(module)})
    except (NameError, AttributeError, TypeError, SyntaxError):  # a name for type checkers, or no annotation
        return None


def _differentiated(function: FunctionType, given: Sequence[str] | None) -> tuple[str, ...]:
    """The names of the parameters in which to differentiate."""
    names = list(inspect.signature(function).parameters)
    unknown = [name for name in given or () if name not in names]
    if unknown or not names:
        raise ArgumentValueError(
            f"{function.__name__} has no parameter {', '.join(unknown)}", advice=f"it has {', '.join(names) or 'none'}"
        )
    return tuple(given or names[:1])


def _with_floats(request: Request) -> Request:
    """The request with integers in differentiated places taken as floats, as a call would."""
    kinds = tuple(
        (name, Scalar("float64", python=True) if name in request.wrt and _is_integer(kind) else kind)
        for name, kind in request.kinds
    )
    return Request(request.function, kinds, request.wrt, request.form, request.has_aux, request.result)


def _is_integer(kind: Kind) -> bool:
    return isinstance(kind, Scalar) and kind.dtype.startswith(("int", "uint"))


def _listed(request: Request) -> str:
    """The text after each pass, under the pass's name."""
    return "\n".join(f"# ==== {name} ====\n\n{text.rstrip()}\n" for name, text in stages(_with_floats(request)))


if __name__ == "__main__":
    raise SystemExit(main())
