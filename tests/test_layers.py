"""The layers: imports run downward only, files stay short, and names say what is inside."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

import srcgrad

PACKAGE = Path(srcgrad.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))

# Every part of the package, and the parts that it may import besides itself.
FOUNDATION = {"backend", "custom", "errors", "kind", "runtime", "stopping"}
SYNTAX = FOUNDATION | {"syntax"}
RULES = SYNTAX | {"rules"}
PASSES = {"read", "normalise", "analyse", "differentiate", "optimise", "emit", "loops", "compiled"}
PIPELINE = RULES | PASSES | {"pipeline"}
INTERFACE = FOUNDATION | {"rules", "pipeline"}
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "backend": {"errors"},
    "custom": {"errors", "runtime"},
    "kind": set(),
    "stopping": set(),
    "runtime": {"errors"},  # which an export pastes as plain errors
    "syntax": FOUNDATION,
    "rules": SYNTAX,
    "read": SYNTAX,
    "normalise": SYNTAX,
    "analyse": RULES,
    "differentiate": RULES | {"analyse"},
    "optimise": SYNTAX | {"analyse"},
    "emit": SYNTAX,
    "loops": RULES | {"analyse"},
    "compiled": RULES | {"analyse", "read"},
    "pipeline": RULES | PASSES,
}
# The parts above the pipeline: what users call.
CALLED_BY_USERS = {"api", "calling", "checking", "derived"}
for _part in CALLED_BY_USERS:
    MAY_IMPORT[_part] = INTERFACE | CALLED_BY_USERS
MAY_IMPORT["__init__"] = MAY_IMPORT["__main__"] = PIPELINE | CALLED_BY_USERS | {"__init__"}

# The lowest parts are pasted into exported modules or imported by all: NumPy and the standard library alone.
STANDARD_LIBRARY_ONLY = {"errors", "kind"}
NUMPY_ONLY = {"custom", "runtime", "stopping"}


def part_of(module: Path) -> str:
    """The part of the package that a file belongs to."""
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_modules(module: Path) -> list[tuple[int, str]]:
    """Line and full name of every import in a file, relative ones resolved."""
    package = ["srcgrad", *module.relative_to(PACKAGE).parts[:-1]]
    found = []
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else []
            name = ".".join([*start, node.module] if node.module else start)
            # `from srcgrad import errors` imports the part, `from srcgrad.errors import located` a name of it.
            found += [(node.lineno, f"{name}.{alias.name}" if name == "srcgrad" else name) for alias in node.names]
    return found


def imported_part(name: str) -> str | None:
    """The part of srcgrad that an imported name belongs to; None for other packages."""
    head, _, rest = name.partition(".")
    if head != "srcgrad":
        return None
    part = rest.partition(".")[0]
    return part if part in MAY_IMPORT or (PACKAGE / part).is_dir() else "__init__"


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(PACKAGE)))
def test_imports_run_downward(module: Path) -> None:
    part = part_of(module)
    assert part in MAY_IMPORT, f"{part} has no layer: add it to MAY_IMPORT"
    upward = [
        f"{module}:{line} imports {name}"
        for line, name in imported_modules(module)
        if (target := imported_part(name)) is not None and target != part and target not in MAY_IMPORT[part]
    ]
    assert not upward, "\n".join(upward)


def test_no_part_can_reach_itself_through_others() -> None:
    for part in MAY_IMPORT.keys() - CALLED_BY_USERS - {"__init__", "__main__"}:
        reached: set[str] = set()
        front = set(MAY_IMPORT[part])
        while front:
            reached |= front
            front = set().union(*(MAY_IMPORT[other] for other in front)) - reached
        assert part not in reached


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(PACKAGE)))
def test_the_lowest_parts_need_nothing_else(module: Path) -> None:
    allowed = set(sys.stdlib_module_names) | {"srcgrad"}
    if part_of(module) in NUMPY_ONLY:
        allowed |= {"numpy"}
    elif part_of(module) not in STANDARD_LIBRARY_ONLY:
        return
    assert {name.partition(".")[0] for _, name in imported_modules(module)} <= allowed


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(PACKAGE)))
def test_files_are_short(module: Path) -> None:
    lines = len(module.read_text().splitlines())
    assert lines <= 400


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(PACKAGE)))
def test_names_say_what_is_inside(module: Path) -> None:
    vague = {"util", "utils", "helper", "helpers", "misc", "common", "stuff", "tools"}
    assert not vague & {name.removesuffix(".py").strip("_") for name in module.relative_to(PACKAGE).parts}
