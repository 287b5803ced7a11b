"""The text of modules, and modules that stand alone."""

from __future__ import annotations

import ast
import inspect
import math
import subprocess
import sys
from collections import OrderedDict
from pathlib import Path
from typing import Any

import gast
import numpy as np
import pytest

import srcgrad.rules
import srcgrad.runtime
from srcgrad.emit import exported_text, module_text
from srcgrad.errors import UnsupportedError
from srcgrad.syntax.build import parse_statements


def function(text: str) -> list[gast.FunctionDef]:
    """The functions written in a text."""
    return parse_statements(text)


TWO = "def f_grad(x):\n    return np.cos(x)\n\n\ndef g(y):\n    return y"

MODULE = """\
# f_grad: adjoint of f.
# x_bar is the adjoint of x.
import numpy as np


def f_grad(x):
    return np.cos(x)


def g(y):
    return y
"""


def test_heading_imports_functions() -> None:
    assert module_text(function(TWO), "f_grad: adjoint of f.\nx_bar is the adjoint of x.") == MODULE


def test_imports_are_joined_and_ordered() -> None:
    imports = [
        "from srcgrad.runtime import zeros_like",
        "import numpy as np",
        "from srcgrad.runtime import sum_to as total",
        "import math, os.path",
        "from srcgrad.runtime import zeros_like",
    ]
    head = module_text(function("def f(x): return x"), imports=imports).split("\n\n\n")[0]
    assert head.splitlines() == [
        "import math",
        "import os.path",
        "import numpy as np",
        "from srcgrad.runtime import sum_to as total, zeros_like",
    ]


def test_long_headings_are_broken() -> None:
    text = module_text(function("def f(x): return x"), "word " * 50)
    assert max(map(len, text.splitlines())) <= 120


def test_nothing_but_functions() -> None:
    assert module_text(function("def f(x): return x"), imports=()) == "def f(x):\n    return x\n"


def run(text: str, **values: Any) -> dict[str, Any]:
    """The namespace of an exported module, which must not know srcgrad."""
    assert "import srcgrad" not in text and "from srcgrad" not in text
    namespace: dict[str, Any] = {}
    exec(compile(text, "exported", "exec"), namespace)
    return namespace


def test_imports_constants_and_pasted_functions() -> None:
    text = exported_text(
        function(
            "def f_grad(x):\n    return total(np.exp(m.sin(K) * x) * W, ()) + OrderedDict(a=S[0])['a'] + len(NAMES)"
        ),
        "f_grad: adjoint of f.",
        {
            "np": np,
            "m": math,
            "K": -2.5,
            "W": np.array([1.0, 2.5], np.float32),
            "S": np.float64(3.0),
            "NAMES": ("a", ("b", None)),
            "OrderedDict": OrderedDict,
            "total": srcgrad.runtime.sum_to,
            "unused": object(),
        },
    )
    head = text.split("\n\n\ndef")[0]
    assert head.splitlines() == [
        "# f_grad: adjoint of f.",
        "import math as m",
        "from collections import OrderedDict",
        "from typing import Any",
        "import numpy as np",
        "",
        "",
        "K = -2.5",
        'NAMES = ("a", ("b", None))',
        "S = np.float64(3.0)",
        "W = np.array([1.0, 2.5], dtype=np.float32)",
    ]
    assert "def total(a" in text and "def sum_to" not in text
    namespace = run(text)
    assert namespace["total"](np.ones(3), ()) == 3.0
    assert namespace["W"].dtype == np.float32


# A function that is picked at run time is differentiated by srcgrad itself: no module can do that alone.
runtime_functions = [
    value
    for name, value in sorted(vars(srcgrad.runtime).items())
    if inspect.isfunction(value) and name != "call_with_pullback"
]
# These are written with classes, which modules cannot hold yet.
NOT_EXPORTED = frozenset(
    "call_with_tangent checkpointed_loop fixed_point_tangent number_fixed_point_tangent number_root_tangent "
    "reverse_checkpointed root_tangent run_checkpointed".split()
)


@pytest.mark.parametrize("value", runtime_functions, ids=lambda value: value.__name__)
def test_every_runtime_function_can_be_exported(value: Any) -> None:
    calling = function(f"def f(*a): return {value.__name__}(*a)")
    if value.__name__ in NOT_EXPORTED:
        with pytest.raises(UnsupportedError, match="cannot be written into a module"):
            exported_text(calling, "", {value.__name__: value})
        return
    text = exported_text(calling, "", {value.__name__: value})
    assert not {
        line.split()[1].partition(".")[0] for line in text.splitlines() if line.startswith(("import", "from"))
    } - {
        "numpy",
        *sys.stdlib_module_names,
    }
    assert callable(run(text)[value.__name__])


def test_rules_are_pasted_without_their_registration() -> None:
    rule = srcgrad.rules.find(np.std, "adjoint").derivative
    text = exported_text(function("def f(*a): return std_adjoint(*a)"), "", {"std_adjoint": rule})
    assert "@" not in text
    a = np.array([1.0, 2.0, 4.0])
    np.testing.assert_array_equal(run(text)["f"](1.0, np.std(a), a), rule(1.0, np.std(a), a))


def test_a_pasted_function_hides_no_other() -> None:
    rule = srcgrad.rules.find(np.max, "adjoint").derivative
    values = {"max_adjoint": rule, "mirror": srcgrad.runtime.zeros_like, "np": np}
    text = exported_text(function("def sum_to(x): return max(x), mirror([x, 'a']), max_adjoint"), "", values)
    assert run(text)["sum_to"]([1.0, 2.0])[:2] == (2.0, [[0.0, 0.0], None])
    with pytest.raises(UnsupportedError, match="two different things are called sum_to"):
        values = {
            "unstack": srcgrad.runtime.sum_to,
            "average_adjoint": srcgrad.rules.find(np.average, "adjoint").derivative,
        }
        exported_text(function("def sum_to(x): return average_adjoint(x)"), "", values)


def test_errors_become_plain_ones() -> None:
    text = exported_text(function("def f(x): return one_number(x)"), "", {"one_number": srcgrad.runtime.one_number})
    with pytest.raises(TypeError, match=r"array of shape \(3,\)[^\n]*\n.*elementwise_grad"):
        run(text)["f"](np.ones(3))


def test_an_export_runs_in_a_process_that_has_no_srcgrad(tmp_path: Path) -> None:
    text = exported_text(
        function("def f_grad(x):\n    return like(x, zeros_like(x))"),
        "",
        {"like": srcgrad.runtime.like, "zeros_like": srcgrad.runtime.zeros_like},
    )
    program = (
        text
        + "\n\nassert f_grad([1.5, (2.0, 'a')]) == [0.0, (0.0, 'a')]\nimport sys\nassert 'srcgrad' not in sys.modules\n"
    )
    (tmp_path / "exported.py").write_text(program)
    result = subprocess.run([sys.executable, "exported.py"], cwd=tmp_path, capture_output=True)
    assert result.returncode == 0, result.stderr.decode()


@pytest.mark.parametrize(
    "value", [object(), [1.0], lambda x: x, np.zeros(1000)], ids=["object", "list", "lambda", "large"]
)
def test_what_cannot_be_written_is_refused_by_name(value: Any) -> None:
    with pytest.raises(UnsupportedError, match="K, a .*, cannot be written"):
        exported_text(function("def f(x): return x * K"), "", {"K": value})


def test_a_missing_value_is_refused_by_name() -> None:
    with pytest.raises(UnsupportedError, match="K has no value"):
        exported_text(function("def f(x): return x * K"), "", {})


def test_two_meanings_of_one_name_are_refused() -> None:
    with pytest.raises(UnsupportedError, match="two different things are called np"):
        exported_text(function("def f(x): return np * W"), "", {"np": 1.0, "W": np.ones(2)})


def test_the_text_is_valid_python() -> None:
    assert ast.parse(module_text(function(TWO), "a heading\n\nwith a blank line"))
