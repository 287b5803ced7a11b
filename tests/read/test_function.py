"""Reading functions: the tree computes what the function computes, and stands where the function stands."""

from __future__ import annotations

import doctest
import functools
import gc
import importlib
import importlib.util
import inspect
import itertools
import linecache
import subprocess
import sys
import types
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import gast
import numpy as np
import pytest

from srcgrad.errors import SourceError, SrcgradError, UnsupportedError
from srcgrad.read import FunctionSource, lookup, read_function

_count = itertools.count()


def rebuilt(source: FunctionSource) -> Callable[..., Any]:
    """The function that the tree defines, in the environment of the function it was read from."""
    tree = gast.fix_missing_locations(gast.Module([source.tree], []))
    free = list(source.function.__code__.co_freevars)
    maker = f"def make({', '.join(free)}):\n    pass\n    return {source.name}\n"
    module = gast.gast_to_ast(gast.parse(maker))
    module.body[0].body[0] = gast.gast_to_ast(tree).body[0]
    namespace = dict(source.function.__globals__)
    exec(compile(module, "<rebuilt>", "exec"), namespace)
    return namespace["make"](*(lookup(source, name).value for name in free))


def define(text: str, filename: str | None = None) -> dict[str, Any]:
    """The names that a text defines, with the text where Python looks for it."""
    name = filename or f"<text {next(_count)}>"
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    namespace: dict[str, Any] = {"__name__": "defined"}
    exec(compile(text, name, "exec"), namespace)
    return namespace


def returned(source: FunctionSource) -> str:
    """The text of the expression that the function's last statement returns."""
    value = source.tree.body[-1].value
    line = source.lines[value.lineno - 1]
    return line.encode()[value.col_offset : value.end_col_offset].decode()


def square(x: float, power: int = 2) -> float:
    """The power of a number."""
    return x**power


def test_a_function_of_a_file() -> None:
    source = read_function(square)
    assert source.name == "square" and source.filename == __file__ and source.function is square
    assert source.lines[source.tree.lineno - 1].startswith("def square(x: float")
    assert source.signature.parameters["power"].default == 2
    assert source.signature.parameters["x"].annotation is float
    assert rebuilt(source)(3.0) == 9.0
    assert returned(source) == "x**power"


def checked(x: float) -> float:
    assert x > 0.0, f"{x} is not positive"
    y = np.sqrt(x)
    assert y in (y, 1.0) and 0 < x < 1e9
    return y


def test_a_function_whose_asserts_pytest_rewrote() -> None:
    assert rebuilt(read_function(checked))(4.0) == 2.0


def doubling(function: Callable[[float], float]) -> Callable[[float], float]:
    @functools.wraps(function)
    def wrapper(x: float) -> float:
        return 2.0 * function(x)

    return wrapper


def keep(*_: Any, **__: Any) -> Callable[..., Any]:
    return lambda function: function


@keep(
    lambda a: a,
    [1, 2],
)
@keep("it's a (trap): def decorated(x):")
# a comment in between
@keep()
def decorated(x):
    return x + 1.0


@doubling
def wrapped(x):
    return x + 1.0


def test_decorators_are_left_out() -> None:
    source = read_function(decorated)
    assert source.tree.decorator_list == [] and rebuilt(source)(1.0) == 2.0
    assert source.lines[source.tree.lineno - 1] == "def decorated(x):"


def test_a_wrapping_function_stands_for_itself() -> None:
    source = read_function(wrapped)
    assert source.name == "wrapper" and rebuilt(source)(1.0) == 4.0
    assert list(source.signature.parameters) == ["x"]
    assert rebuilt(read_function(wrapped.__wrapped__))(1.0) == 2.0  # type: ignore[attr-defined]


several = [lambda x: x + 1, lambda x: x + 2, lambda y: y + 1, lambda x, k=3: x + k]; after = lambda x: x - 1  # noqa: E702
numbers = (lambda: 1, lambda: 1.0, lambda: True, lambda: -0.0, lambda: 0.0)
nested = lambda x: (lambda y: (lambda z: x * y * z))
spread = keep()(
    lambda x: (
        x
        * 3
    )
)
default = lambda x, g=lambda x: x + 1: g(x)


@keep()
def constant(): return 1


same = [lambda x: x * x, lambda x: x * x, lambda é: é * é, lambda x: x * x]


@pytest.mark.parametrize(
    ("function", "arguments", "text"),
    [
        (several[0], (1,), "x + 1"),
        (several[1], (1,), "x + 2"),
        (several[2], (1,), "y + 1"),
        (several[3], (1, 5), "x + k"),
        (after, (1,), "x - 1"),
        (nested, None, "lambda y: (lambda z: x * y * z)"),
        (nested(2), None, "lambda z: x * y * z"),
        (nested(2)(3), (4,), "x * y * z"),
        (default, (1,), "g(x)"),
        (default.__defaults__[0], (1,), "x + 1"),  # type: ignore[attr-defined, index]
        (constant, (), "1"),
        (same[0], (2,), "x * x"),
        (same[3], (2,), "x * x"),
        (numbers[0], (), "1"),
        (numbers[1], (), "1.0"),
        (numbers[2], (), "True"),
        (numbers[3], (), "-0.0"),
        (numbers[4], (), "0.0"),
    ],
)
def test_the_right_lambda_of_a_line(function: Any, arguments: tuple[Any, ...] | None, text: str) -> None:
    source = read_function(function)
    assert returned(source) == text
    if arguments is not None:
        expected = function(*arguments)
        result = rebuilt(source)(*arguments)
        assert (type(result), repr(result)) == (type(expected), repr(expected))


def test_equal_lambdas_are_told_apart_by_columns() -> None:
    columns = [read_function(function).tree.col_offset for function in same]
    assert columns == sorted(set(columns))


def test_the_name_of_a_lambda() -> None:
    assert read_function(after).name == "after"
    assert read_function(several[0]).name == "anonymous"
    assert read_function(nested).name == "nested"
    assert rebuilt(read_function(spread))(2) == 6


class Base:
    def scaled(self, x):
        return 2.0 * x


class _Model(Base):
    __factor = 3.0

    def __init__(self) -> None:
        self.__own = 5.0

    def scaled(self, x):
        return super().scaled(x) + self.__factor * self.__own * self.__scale(x)

    def __scale(self, __x):
        return [__x for __x in [__x]][0]

    @staticmethod
    def plain(x):
        return x * x

    @classmethod
    def of_class(cls, x):
        return cls._Model__factor * x

    class Inner:
        def method(self, x):
            """Text
        that is not indented like the code."""
            return x + self.__x

        __x = 7.0

    def __call__(self, x):
        def inside(y):
            return y * self.__own

        return inside(x)


def test_methods_keep_private_names_and_super() -> None:
    model = _Model()
    for function in (_Model.scaled, _Model._Model__scale, _Model.__call__):  # type: ignore[attr-defined]
        assert rebuilt(read_function(function))(model, 2.0) == function(model, 2.0)
    assert rebuilt(read_function(_Model.plain))(3.0) == 9.0
    assert rebuilt(read_function(_Model.of_class.__func__))(_Model, 3.0) == 9.0  # type: ignore[attr-defined]
    assert rebuilt(read_function(_Model.Inner.method))(_Model.Inner(), 1.0) == 8.0


def test_reading_does_not_change_what_was_read_before() -> None:
    first = gast.dump(read_function(_Model.scaled).tree)
    read_function(_Model.__call__)
    assert gast.dump(read_function(_Model.scaled).tree) == first


def counter(start: float) -> tuple[Callable[[float], float], Callable[[], None]]:
    total = start

    def shifted(x):
        return x + total

    def advance():
        nonlocal total
        total += 1.0

    return shifted, advance


def test_closures_share_a_text_but_not_their_values() -> None:
    (first, advance), (second, _) = counter(1.0), counter(10.0)
    sources = read_function(first), read_function(second)
    assert sources[0].tree is sources[1].tree
    assert rebuilt(sources[0])(1.0) == 2.0 and rebuilt(sources[1])(1.0) == 11.0
    assert isinstance(read_function(advance).tree.body[0], gast.Nonlocal)


def test_functions_of_comprehensions_defaults_and_conditions() -> None:
    made = [lambda x: x * k for k in range(3)]
    assert returned(read_function(made[1])) == "x * k"
    space = define("import sys\nif sys:\n    try:\n        def f(x): return x * 2\n    finally:\n        pass\n")
    assert rebuilt(read_function(space["f"]))(3) == 6
    space = define("def f(x, g=lambda y: y + 1):\n    return g(x)\n")
    assert rebuilt(read_function(space["f"].__defaults__[0]))(3) == 4


def test_an_earlier_definition_of_the_same_name() -> None:
    space = define("def f(x):\n    return x\nold = f\ndef f(x):\n    return x + 1\n")
    assert returned(read_function(space["old"])) == "x" and returned(read_function(space["f"])) == "x + 1"


def test_future_imports_of_the_file() -> None:
    signature = "x: 'float', y: Missing, z: list[int]"
    space = define(f"from __future__ import annotations\ndef f({signature}) -> float:\n    return x\n")
    parameters = read_function(space["f"]).signature.parameters
    assert parameters["y"].annotation == "Missing" and parameters["z"].annotation == list[int]


def test_text_given_to_exec() -> None:
    text = "def f(x):\n    return x * 3\n"
    assert rebuilt(read_function(define(text)["f"]))(2) == 6
    namespace: dict[str, Any] = {}
    exec(text, namespace)
    with pytest.raises(SourceError, match=r"linecache\.cache\[name\]"):
        read_function(namespace["f"])


def test_cells_of_a_notebook() -> None:
    first = define("scale = 2\ndef f(x):\n    return x * scale\n", "/tmp/ipykernel_1/11.py")
    second = define("scale = 2\ndef f(x):\n    return x * scale\n", "<ipython-input-2-abc>")
    third = define("import asyncio\ndef f(x):\n    return x * 2\n", "<ipython-input-3-abc>")
    del linecache.cache["/tmp/ipykernel_1/11.py"]
    linecache.cache["/tmp/ipykernel_1/11.py"] = (1, None, ["scale = 2\n", "def f(x):\n", "    return x * scale\n"], "")
    for space in (first, second, third):
        assert returned(read_function(space["f"])).startswith("x * ")
    assert read_function(second["f"]).filename == "<ipython-input-2-abc>"


def test_functions_of_a_doctest() -> None:
    example = """
    >>> from srcgrad.read import read_function
    >>> def cube(x):
    ...     return x ** 3
    >>> read_function(cube).lines[1]
    '    return x ** 3'
    >>> read_function(lambda x: x + 1).tree.body[0].value.op.__class__.__name__
    'Add'
    """
    test = doctest.DocTestParser().get_doctest(example, {}, "cubes", None, None)
    outcome = doctest.DocTestRunner(verbose=False).run(test)
    assert outcome.failed == 0 and outcome.attempted == 4


def test_the_prompt_of_python() -> None:
    lines = [
        "from srcgrad.read import read_function",
        "def f(x):\n    return x * 2\n",
        "try:\n    print(read_function(f).name)\nexcept Exception as error:\n    print('advice:', error.advice)\n",
    ]
    run = subprocess.run(
        [sys.executable, "-i", "-q"], input="\n".join(lines), capture_output=True, text=True, timeout=60, check=False
    )
    assert "f\n" in run.stdout or "keeps the text from 3.13 on" in run.stdout, run.stderr


def load(path: Path) -> types.ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "edited",
    [
        "def f(x):\n    return x * 3\n",
        "def f(x):\n    return x * 2.0\n",
        "# one more line\ndef f(x):\n    return x * 2\n",
        "def g(x):\n    return x * 2\n",
        "def f(x, y):\n    return x * 2\n",
        "def f(x:\n",
        "",
    ],
)
def test_a_file_edited_since_its_import_is_refused(tmp_path: Path, edited: str) -> None:
    path = tmp_path / "edited.py"
    path.write_text("def f(x):\n    return x * 2\n")
    function = load(path).f
    path.write_text(edited)
    with pytest.raises(SourceError) as caught:
        read_function(function)
    assert str(path) in str(caught.value) and caught.value.advice


def test_an_edit_elsewhere_in_the_file_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "elsewhere.py"
    path.write_text("def f(x):\n    return x * 2\n")
    function = load(path).f
    path.write_text("def f(x):\n    return x * 2  # twice\n\n\ndef more():\n    pass\n")
    assert rebuilt(read_function(function))(2) == 4


def test_threads_may_read_at_once() -> None:
    text = "fs = [lambda x: x + 1, lambda x: x + 2, lambda x: x + 3]\n" + "\n".join(
        f"def g{k}(x):\n    return x * {k}\n" for k in range(20)
    )
    space = define(text)
    functions = [*space["fs"], *(space[f"g{k}"] for k in range(20))]
    with ThreadPoolExecutor(8) as pool:
        sources = list(pool.map(read_function, functions * 4))
    assert all(source.tree.lineno == source.function.__code__.co_firstlineno for source in sources)
    assert [returned(source) for source in sources[:3]] == ["x + 1", "x + 2", "x + 3"]


def test_a_text_read_once_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "kept.py"
    path.write_text("def f(x):\n    return x * 2\n")
    function = load(path).f
    tree = read_function(function).tree
    path.unlink()
    assert read_function(function).tree is tree


def test_nothing_is_kept_for_functions_that_are_gone() -> None:
    function = define("def f(x):\n    return x\n")["f"]
    tree = weakref.ref(read_function(function).tree)
    code = weakref.ref(function.__code__)
    del function
    gc.collect()
    assert code() is None and tree() is None


@pytest.mark.parametrize("function", [np.sin, np.sum, len, [].append, np.linalg.norm, 3])
def test_callables_without_source_are_refused_by_name(function: Any) -> None:
    if inspect.isfunction(function):
        pytest.skip("written in Python")
    with pytest.raises(SourceError) as caught:
        read_function(function)
    assert getattr(function, "__name__", "3") in str(caught.value) and caught.value.advice


def test_async_functions_are_refused_at_their_line() -> None:
    space = define("\nasync def f(x):\n    return x\n")
    with pytest.raises(UnsupportedError) as caught:
        read_function(space["f"])
    assert caught.value.location is not None and caught.value.location.line == 2


def test_code_without_positions() -> None:
    text = "pair = [lambda x: x + 1, lambda x: x + 2]\n"
    functions = define(text)["pair"]
    for function, expected in zip(functions, ("x + 1", "x + 2")):
        bare = types.FunctionType(function.__code__.replace(co_linetable=function.__code__.co_linetable), {})
        assert returned(read_function(bare)) == expected


def library_functions() -> list[types.FunctionType]:
    """All functions and methods of a few modules of the standard library and of NumPy."""
    names = ["statistics", "fractions", "heapq", "random", "colorsys", "textwrap", "numpy.lib._function_base_impl"]
    names += ["numpy.polynomial.polynomial", "numpy._core.fromnumeric", "dataclasses", "functools", "bisect", "enum"]
    found = []
    for module in map(importlib.import_module, names):
        for value in vars(module).values():
            members = vars(value).values() if inspect.isclass(value) else [value]
            for member in members:
                function = getattr(member, "__wrapped__", getattr(member, "__func__", member))
                if inspect.isfunction(function) and function.__module__ == module.__name__:
                    found.append(function)
    return found


def test_every_function_of_some_libraries_is_read() -> None:
    functions = library_functions()
    refused = {}
    for function in functions:
        try:
            source = read_function(function)
        except SrcgradError as error:
            refused[function.__qualname__] = str(error)
            continue
        assert source.name.lstrip("_") in function.__code__.co_name or function.__code__.co_name == "<lambda>"
        assert source.signature == inspect.signature(function, follow_wrapped=False, eval_str=True)
    made_by_exec = {name for name, message in refused.items() if "cannot be found" in message}
    assert len(functions) > 350 and not refused.keys() - made_by_exec, refused
