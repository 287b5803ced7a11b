"""The imports at the head of a module."""

from __future__ import annotations

import sys
from collections.abc import Iterable

import gast

from srcgrad.syntax.printer import print_tree


def import_block(lines: Iterable[str]) -> list[str]:
    """Import statements in order, those from one module joined: the standard library's first, then the rest."""
    plain: set[str] = set()
    named: dict[str, set[tuple[str, str | None]]] = {}
    for statement in gast.parse("\n".join(lines)).body:
        if isinstance(statement, gast.ImportFrom):
            module = "." * statement.level + (statement.module or "")
            named.setdefault(module, set()).update((alias.name, alias.asname) for alias in statement.names)
        else:
            plain.update(print_tree(gast.Import([alias])).strip() for alias in statement.names)
    joined = [
        print_tree(gast.ImportFrom(module, [gast.alias(*name) for name in sorted(names, key=str)], 0)).rstrip()
        for module, names in named.items()
    ]
    return sorted([*plain, *joined], key=_rank)


def _rank(line: str) -> tuple[bool, bool, bool, str]:
    package = line.split()[1].partition(".")[0]
    return package != "__future__", package not in sys.stdlib_module_names, line.startswith("from"), line
