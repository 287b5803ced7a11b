"""Powers of whole numbers: in compiled code ``n ** k`` is whole for every k, while Python has a float for negative k.

Before:                                   After:
    step = 2 ** level                         step = whole_power(2, level)
    half = 2 ** -1                            half = float(2) ** -1
"""

from __future__ import annotations

import gast

from srcgrad.compiled.unit import Unit
from srcgrad.kind import Scalar
from srcgrad.syntax.build import call, number_value, substitute

_WHOLE = (gast.Add, gast.Sub, gast.Mult, gast.FloorDiv, gast.Mod, gast.Pow)


def with_powers_of_whole_numbers(unit: Unit) -> gast.FunctionDef:
    """The function with powers of whole numbers that are Python's, or an error."""

    def is_whole(value: gast.expr) -> bool:
        match value:
            case gast.Constant(value=number):
                return isinstance(number, int)
            case gast.Name(id=identifier):
                kind = unit.variables.get(identifier, unit.parameters.get(identifier))
                return isinstance(kind, Scalar) and kind.dtype.startswith(("int", "uint", "bool"))
            case gast.UnaryOp(operand=operand):
                return is_whole(operand)
            case gast.BinOp(left=left, op=op, right=right):
                return isinstance(op, _WHOLE) and is_whole(left) and is_whole(right)
            case gast.Call(func=gast.Name(id="len" | "whole_power" | "int")) | gast.Attribute(attr="size" | "ndim"):
                return True
            case gast.Subscript(value=gast.Attribute(attr="shape")):
                return True
            case gast.Call(func=gast.Name(id="abs" | "max" | "min"), args=arguments):
                return all(map(is_whole, arguments))
            case _:
                return False

    class Rewriter(gast.NodeTransformer):
        def visit_BinOp(self, node: gast.BinOp) -> gast.AST:
            self.generic_visit(node)
            if not isinstance(node.op, gast.Pow) or not (is_whole(node.left) and is_whole(node.right)):
                return node
            exponent = number_value(node.right)
            if exponent is None:
                return call("whole_power", node.left, node.right)
            assert isinstance(exponent, int)
            return node if exponent >= 0 else gast.BinOp(call("float", node.left), node.op, node.right)

    return Rewriter().visit(substitute(unit.tree, {}))
