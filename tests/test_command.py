"""``python -m srcgrad``: adjoints on the command line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from srcgrad.__main__ import main

PROGRAM = """
import numpy as np
from srcgrad import grad


def energy(x, k: float, n: int = 3, scale=2):
    total = 0.0
    for i in range(n):
        total += k * np.sin(x[i]) * scale
    return total


@grad
def decorated(v: float):
    return v * v


def names(word: str, x: float):
    return x if word == "a" else 2.0 * x


def untyped(x):
    return frobnicate(x)
"""


@pytest.fixture
def program(tmp_path: Path) -> str:
    """A file with functions."""
    path = tmp_path / "program_for_the_command.py"
    path.write_text(PROGRAM)
    return str(path)


def test_prints_what_runs(program: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([program, "energy", "--kinds", "x=1d", "--wrt", "x", "k"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("# energy_grad: adjoint of energy (program_for_the_command.py:6) with respect to x, k.")
    namespace: dict[str, object] = {}
    exec(text, namespace)
    x = np.array([0.5, 1.0, 1.5])
    x_bar, k_bar = namespace["energy_grad"](x, 3.0, 3, 2)  # type: ignore[operator]
    np.testing.assert_allclose(x_bar, 6.0 * np.cos(x))
    np.testing.assert_allclose(k_bar, 2.0 * np.sin(x).sum())


def test_kinds_come_from_annotations_and_defaults(program: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([program, "decorated", "--value"]) == 0
    assert "def decorated_value_and_grad(v):" in capsys.readouterr().out
    assert main([program, "energy", "--kinds", "x=list[float]"]) == 0
    assert main([program, "energy", "--kinds", "x=1d:float32", "--wrt", "scale"]) == 0


def test_stages_are_named(program: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([program, "energy", "--kinds", "x=1d", "--stages"]) == 0
    assert "# ==== normalise ====" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["energie"], "has no energie"),
        (["energy"], "the kind of x is not known"),
        (["energy", "--kinds", "x=1q"], "'1q' is no kind"),
        (["energy", "--kinds", "x=1d:float99"], "'float99' is no dtype"),
        (["energy", "--kinds", "y=1d"], r"'y=1d' is not NAME=KIND with a parameter of energy(x, k, n, scale)"),
        (["energy", "--kinds", "x=1d", "--wrt", "z"], "energy has no parameter z"),
        (["untyped", "--kinds", "x=float"], "return frobnicate(x)"),
    ],
)
def test_mistakes_are_explained(
    program: str, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([program, *arguments]) == 1
    assert message in capsys.readouterr().err


def test_runs_as_a_command(program: str) -> None:
    root = str(Path(__file__).parents[1])
    command = [sys.executable, "-m", "srcgrad", program, "decorated"]
    result = subprocess.run(command, cwd=root, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert "def decorated_grad(v):" in result.stdout
    missing = subprocess.run([*command[:3], "missing.py", "f"], cwd=root, capture_output=True, text=True)
    assert missing.returncode == 2 and "there is no file missing.py" in missing.stderr
