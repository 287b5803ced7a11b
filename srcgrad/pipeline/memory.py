"""Memory: programs that write into arrays become programs that write by assignment, through one name for each array."""

from __future__ import annotations

from typing import Any

import gast

from srcgrad.analyse.kinds import Kinds
from srcgrad.analyse.operations import single_target
from srcgrad.normalise.writing_calls import calls_as_assignments
from srcgrad.syntax.names import Names


def written_plainly(tree: gast.FunctionDef, kinds: Kinds, names: Names) -> gast.FunctionDef | None:
    """One more step towards plain writes, None where nothing is left to do."""

    def function_of(called: gast.Call) -> Any:
        target = single_target(called, kinds)
        return target.function if target is not None else None

    plain = calls_as_assignments(tree, kinds.of, function_of, names)
    return plain if plain is not tree else None
