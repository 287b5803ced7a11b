"""What numba lacks of scattered additions: ``np.add.at`` becomes a call that numba compiles to a loop.

Before:                                   After:
    np.add.at(x_bar, index, v_bar)            add_at(x_bar, index, v_bar)
"""

from __future__ import annotations

import gast

from srcgrad.compiled.unit import Unit
from srcgrad.syntax.build import name, substitute


def with_scattering_calls(unit: Unit) -> gast.FunctionDef:
    """The function with ``np.add.at(a, index, b)`` as ``add_at(a, index, b)``."""

    class Rewriter(gast.NodeTransformer):
        def visit_Call(self, node: gast.Call) -> gast.AST:
            self.generic_visit(node)
            match node.func:
                case gast.Attribute(
                    value=gast.Attribute(value=gast.Name(id="np"), attr="add" | "subtract" as attr), attr="at"
                ):
                    node.func = name(f"{attr}_at")
            return node

    return Rewriter().visit(substitute(unit.tree, {}))
