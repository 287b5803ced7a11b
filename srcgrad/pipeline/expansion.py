"""Expansion: calls that are written out, comprehensions that become loops, values that get a name, until nothing is left to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gast

from srcgrad.analyse.activity import activity
from srcgrad.analyse.kinds import Kinds, infer
from srcgrad.differentiate.needed import parts_to_name
from srcgrad.kind import Kind
from srcgrad.normalise.hoisting import hoist
from srcgrad.pipeline.program import SourceProgram
from srcgrad.syntax.build import local_names, names_read, parameter_names
from srcgrad.syntax.names import Names

_MOST_ROUNDS = 40


def expand(
    tree: gast.FunctionDef, function: Any, kinds: Mapping[str, Kind], wrt: tuple[str, ...], program: SourceProgram
) -> tuple[gast.FunctionDef, Kinds]:
    """The tree with all that the differentiation cannot take as it stands written out, and its kinds."""
    found = infer(tree, function, kinds, program)
    names = Names(local_names(tree) | set(parameter_names(tree.args)) | names_read(tree.body))
    for _ in range(_MOST_ROUNDS):
        parts = parts_to_name(tree, found, activity(tree, found, wrt, ()))
        if not parts:
            break
        tree = hoist(tree, parts.__contains__, names)
        found = infer(tree, function, kinds, program)
    return tree, found
