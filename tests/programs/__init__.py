"""The corpus: whole functions as people write them, over which every kind of test runs.

``PROGRAMS`` holds them all, ``by_tag`` and ``by_name`` pick some.  Each module collects programs around one part of
the language or one field; ``program.program`` enters a function with the arguments it is called with.
"""

from __future__ import annotations

import importlib
import pkgutil

from tests.programs.program import REGISTRY, Program

__all__ = ["MODULES", "PROGRAMS", "Program", "by_name", "by_tag"]

MODULES = sorted(f"{__name__}.{found.name}" for found in pkgutil.iter_modules(__path__) if found.name != "program")

for _module in MODULES:
    importlib.import_module(_module)

PROGRAMS: list[Program] = [entry for module in MODULES for entry in REGISTRY.get(module, {}).values()]


def by_tag(*words: str) -> list[Program]:
    """The programs that carry all of the given tags."""
    return [entry for entry in PROGRAMS if entry.tags.issuperset(words)]


def by_name(name: str) -> Program:
    """The program ``name`` or ``module.name``."""
    found = [entry for entry in PROGRAMS if name in (entry.name, str(entry))]
    if len(found) != 1:
        raise LookupError(f"{len(found)} programs are called {name!r}")
    return found[0]
