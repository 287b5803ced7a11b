"""Updates in place of what they read: numba updates element by element, NumPy as if from a copy.

Before:                                   After:
    x_bar[::-1] += x_bar                      x_bar[::-1] = x_bar[::-1] + x_bar
"""

from __future__ import annotations

from collections.abc import Iterator

import gast

from srcgrad.compiled.unit import Unit
from srcgrad.kind import Array, Scalar
from srcgrad.syntax.build import (
    base_name,
    copy_tree,
    names_assigned,
    names_read,
    parameter_names,
    subscript,
    substitute,
)
from srcgrad.syntax.printer import print_tree

# NumPy's functions and methods whose result may be a view of an argument.
_VIEWS = frozenset(
    "reshape ravel transpose swapaxes moveaxis rollaxis squeeze expand_dims broadcast_to broadcast_arrays atleast_1d "
    "atleast_2d atleast_3d asarray asanyarray ascontiguousarray asfortranarray real imag diag diagonal flip fliplr "
    "flipud rot90 split array_split hsplit vsplit dsplit real_if_close require view".split()
)
_FRESH_METHODS = frozenset(
    "copy sum mean std var prod min max argmin argmax argsort cumsum cumprod all any dot astype round clip repeat "
    "flatten nonzero searchsorted trace take conj conjugate item tolist".split()
)
_FRESH_NODES = (gast.BinOp, gast.UnaryOp, gast.Compare, gast.Constant, gast.JoinedStr)


def without_overlapping_updates(unit: Unit) -> gast.FunctionDef:
    """The function with ``a[s] op= v`` written out where ``v`` may read other elements of what ``a[s]`` writes."""
    sharing = Sharing(unit)

    class Rewriter(gast.NodeTransformer):
        def visit_AugAssign(self, node: gast.AugAssign) -> gast.AST:
            self.generic_visit(node)
            if not sharing.may_overlap(node):
                return node
            target = copy_tree(node.target)
            if isinstance(target, gast.Name):
                target = subscript(target, gast.Constant(Ellipsis, None))
            target.ctx = gast.Store()
            read = copy_tree(node.target)
            read.ctx = gast.Load()
            return gast.copy_location(gast.Assign([target], gast.BinOp(read, node.op, node.value), None), node)

    return Rewriter().visit(substitute(unit.tree, {}))


class Sharing:
    """Which variables of a function may share memory, wherever they stand."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self._leader: dict[str, str] = {}
        self._given = set(parameter_names(unit.tree.args)) - set(_copied(unit.tree))
        for node in gast.walk(unit.tree):
            match node:
                case gast.Assign(targets=targets, value=value):
                    for target in targets:
                        self._bind(target, value)
                case gast.For(target=target, iter=source) | gast.comprehension(target=target, iter=source):
                    self._bind(target, source)
                case gast.Call(func=gast.Attribute(value=receiver, attr="append" | "insert" | "extend"), args=args):
                    self._join({base_name(receiver) or ""} | names_read(args))

    def _bind(self, target: gast.expr, value: gast.expr) -> None:
        if isinstance(target, gast.Subscript) and self._is_array(base_name(target)):
            return
        bound = names_assigned(target) or {base_name(target) or ""}
        self._join(bound | set(_shared(value)))

    def _join(self, variables: set[str]) -> None:
        leaders = {self._of(variable) for variable in variables if not self._is_scalar(variable)}
        first = min(leaders, default="")
        for leader in leaders:
            self._leader[leader] = first

    def _of(self, variable: str) -> str:
        while self._leader.get(variable, variable) != variable:
            variable = self._leader[variable]
        return variable

    def _is_array(self, variable: str | None) -> bool:
        return isinstance(self.unit.variables.get(variable or ""), Array)

    def _is_scalar(self, variable: str) -> bool:
        return isinstance(self.unit.variables.get(variable), Scalar)

    def may_share(self, one: str, other: str) -> bool:
        """Whether two variables may share memory; parameters may, but where they were copied."""
        return one == other or self._of(one) == self._of(other) or {one, other} <= self._given

    def may_overlap(self, node: gast.AugAssign) -> bool:
        """Whether an update may read elements that it has written already."""
        base = base_name(node.target)
        if base is None or self._is_element(node.target):
            return False
        if isinstance(node.target, gast.Name) and not self._is_array(base):
            return False
        itself = print_tree(node.target)
        value = _Without(itself).visit(copy_tree(node.value))
        leader = self._of(base)
        return any(self._of(variable) == leader for variable in _arrays_read(value) if not self._is_scalar(variable))

    def _is_element(self, target: gast.expr) -> bool:
        """Whether a target is one element of an array, so that nothing can be read in between."""
        if not isinstance(target, gast.Subscript) or not isinstance(target.value, gast.Name):
            return False
        kind = self.unit.variables.get(target.value.id)
        indices = target.slice.elts if isinstance(target.slice, gast.Tuple) else [target.slice]
        plain = not any(isinstance(part, gast.Slice) for index in indices for part in gast.walk(index))
        return isinstance(kind, Array) and kind.ndim == len(indices) and plain


def _copied(tree: gast.FunctionDef) -> Iterator[str]:
    """The parameters that begin as copies: ``u = u.copy()``."""
    for statement in tree.body:
        match statement:
            case gast.Assign(
                targets=[gast.Name(id=parameter)],
                value=gast.Call(func=gast.Attribute(value=gast.Name(id=same), attr="copy"), args=[]),
            ) if parameter == same:
                yield parameter


class _Without(gast.NodeTransformer):
    """An expression without the places where exactly the elements are read that are written."""

    def __init__(self, itself: str) -> None:
        self.itself = itself

    def generic_visit(self, node: gast.AST) -> gast.AST:
        if isinstance(node, gast.Subscript | gast.Name) and print_tree(node) == self.itself:
            return gast.Constant(0.0, None)
        if isinstance(node, gast.Subscript | gast.Attribute):
            return node
        return super().generic_visit(node)


def _arrays_read(value: gast.expr) -> set[str]:
    """The variables whose elements an expression reads while the update runs: not those in calls that make arrays."""
    match value:
        case gast.Call() if not isinstance(value.func, gast.Name) and not _is_elementwise(value):
            return set(_shared(value))
        case gast.Attribute(attr="shape" | "size" | "ndim" | "dtype"):
            return set()
        case gast.Name(id=identifier):
            return {identifier}
        case _:
            return set().union(*(_arrays_read(part) for part in gast.iter_child_nodes(value)))


def _is_elementwise(value: gast.Call) -> bool:
    """Whether a call may be fused into the update: a ufunc, as far as the text tells."""
    attr = getattr(value.func, "attr", "")
    return not (attr in _FRESH_METHODS or attr in ("dot", "outer", "matmul", "where", "zeros", "ones", "full"))


def _shared(value: gast.expr) -> Iterator[str]:
    """The variables whose memory the value of an expression may share."""
    match value:
        case gast.Name(id=identifier):
            yield identifier
        case gast.Call(func=gast.Attribute(value=receiver, attr=attr), args=args):
            library = isinstance(receiver, gast.Name) and receiver.id in ("np", "math")
            if (library and attr not in _VIEWS) or (not library and attr in _FRESH_METHODS):
                return
            for part in ([] if library else [receiver]) + args:
                yield from _shared(part)
        case gast.Call(args=args):
            for part in args:
                yield from _shared(part)
        case gast.Subscript(value=inner) | gast.Attribute(value=inner):
            yield from _shared(inner)
        case _ if isinstance(value, _FRESH_NODES):
            return
        case _:
            for part in gast.iter_child_nodes(value):
                if isinstance(part, gast.expr):
                    yield from _shared(part)
