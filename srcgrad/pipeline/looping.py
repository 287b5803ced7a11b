"""The loop pass over the functions of a generated module."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.compiled.unit import Unit
from srcgrad.emit.load import load_module
from srcgrad.emit.module import module_text
from srcgrad.loops import scalar_loops
from srcgrad.pipeline.generated_kinds import kinds_of_generated
from srcgrad.syntax.build import local_names
from srcgrad.syntax.names import Names


def with_loops(units: Sequence[Unit], values: Mapping[str, Any]) -> list[Unit]:
    """The functions with loops in the place of statements on arrays; ``values`` are the objects of the module."""
    trees = [unit.tree for unit in units]
    known = {unit.name: {**unit.parameters, **_results(unit)} for unit in units}
    provided = {name: getattr(runtime, name) for name in runtime.__all__}
    loaded = load_module(module_text(trees), {"np": np, **provided, **values}, "before_loops")
    kinds = kinds_of_generated(trees, known, loaded)
    names = Names([*values, "np", *(unit.name for unit in units)])
    return [
        replace(unit, tree=scalar_loops(unit.tree, kinds[unit.name], names)) if unit.name in kinds else unit
        for unit in units
    ]


def _results(unit: Unit) -> dict[str, Any]:
    """The kinds of parameters that are adjoints or tangents, which are known as variables."""
    own = local_names(unit.tree)
    return {name: kind for name, kind in unit.variables.items() if name in own and name not in unit.parameters}
