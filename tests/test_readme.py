"""The README's code runs, and the adjoints in it are what srcgrad writes.

``python -m tests.test_readme`` writes the adjoints into the README anew.
"""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from typing import Any

import pytest

README = Path(__file__).parent.parent / "README.md"
# A module of the README: its file name as a comment in the first line, its text, and behind it an adjoint.
PRINTED = re.compile(r"```python\n(# (\w+)\.py\n.*?)```\n(.*?)```python\n(# (\w+): adjoint of .*?)```", re.DOTALL)


def code_blocks() -> list[str]:
    """All Python in the README but for the printed adjoints."""
    return re.findall(r"```python\n(?!# \w+: adjoint of )(.*?)```", README.read_text(), re.DOTALL)


def load(name: str, text: str, folder: Path) -> dict[str, Any]:
    """Run a text as a module in a file of its own, since srcgrad reads files."""
    path = folder / f"{name}.py"
    path.write_text(text)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return vars(module)


def adjoints(folder: Path) -> list[tuple[str, str]]:
    """Each printed adjoint, and the text that srcgrad writes now."""
    found = []
    for module, name, _, printed, derivative in PRINTED.findall(README.read_text()):
        found.append((printed, load(name, module, folder)[derivative].source.rstrip("\n") + "\n"))
    return found


def test_code_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    blocks = [block for block in code_blocks() if not re.match(r"# \w+\.py\n", block)]
    assert blocks
    namespace = load("readme", "\n".join(blocks), tmp_path)
    gradient = namespace["dloss"](namespace["np"].zeros(2), namespace["X"], namespace["t"])
    assert gradient.tolist() == [0.25, -0.25]


def test_adjoints_are_what_srcgrad_writes(tmp_path: Path):
    found = adjoints(tmp_path)
    assert found
    for printed, written in found:
        assert printed == written


def test_test_command_is_there_once():
    lines = re.findall(r"^[ \t]*python -m venv .*pytest.*$", README.read_text(), re.MULTILINE)
    assert lines == ["    python -m venv .venv && .venv/bin/pip install -e '.[test]' && .venv/bin/python -m pytest"]


if __name__ == "__main__":
    import tempfile

    text = README.read_text()
    with tempfile.TemporaryDirectory() as temporary:
        for old, new in adjoints(Path(temporary)):
            text = text.replace(old, new)
    README.write_text(text)
    sys.stdout.write("README.md: adjoints written anew\n")
