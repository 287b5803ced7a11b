"""Names for what generated code calls besides NumPy: runtime functions, rules, both sweeps of callees."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from typing import Any

from srcgrad import runtime
from srcgrad.syntax.names import Names

RUNTIME = {
    "call_with_pullback": runtime.call_with_pullback,
    "call_with_tangent": runtime.call_with_tangent,
    "sum_to": runtime.sum_to,
    "zeros_like": runtime.zeros_like,
    "like": runtime.like,
    "own_copy": runtime.own_copy,
    "own_tangent": runtime.own_tangent,
    "zero_tangent": runtime.zero_tangent,
    "add_mirrors": runtime.add_mirrors,
    "as_mirror": runtime.as_mirror,
    "one_number": runtime.one_number,
    "refuse_shared": runtime.refuse_shared,
    "require_same_sharing": runtime.require_same_sharing,
    "shadow_of": runtime.shadow_of,
    "shadows_in": runtime.shadows_in,
    "add_to_shadows": runtime.add_to_shadows,
}


class Helpers:
    """The objects of one generated module under the names its code uses for them."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.objects: dict[str, Any] = {}
        # What the program itself reads from its surroundings, under the names that the module has for it.
        self.surroundings: Mapping[str, Any] = {}
        # The variables of the function that is being derived: no helper may be called like one of them.
        self.variables: frozenset[str] = frozenset()

    def name_of(self, wanted: str, value: Any) -> str:
        """The name of an object: ``wanted`` unless that is taken by something else."""
        for key, known in (*self.objects.items(), *self.surroundings.items()):
            if known is value and key not in self.variables:
                return key
        if getattr(builtins, wanted, self) is value and wanted not in self.variables:
            return wanted
        # Modules such as np keep their name: every generated module imports them.
        if wanted in ("np", "math"):
            self.objects[wanted] = value
            return wanted
        fresh = self.names.fresh(wanted)
        self.objects[fresh] = value
        return fresh
