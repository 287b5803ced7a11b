"""Functions of a class body, rewritten so that they mean the same outside of it."""

from __future__ import annotations

from collections.abc import Collection

import gast


def as_free_function(tree: gast.FunctionDef, class_name: str | None, captured: Collection[str]) -> gast.FunctionDef:
    """The function with private names and ``super()`` written out.

    ``captured`` are the names of its closure; Python puts ``__class__`` there for ``super()``.  The tree is changed
    in place.
    """
    if "__class__" in captured and tree.args.args:
        _ExplicitSuper(tree.args.args[0].id).visit_body(tree)
    if class_name is not None and class_name.strip("_"):
        _PrivateNames(class_name.lstrip("_")).visit(tree)
    return tree


class _ExplicitSuper(gast.NodeTransformer):
    """Writes ``super()`` as ``super(__class__, self)``, but not in functions inside, whose ``self`` is another."""

    def __init__(self, receiver: str) -> None:
        self.receiver = receiver

    def visit_body(self, tree: gast.FunctionDef) -> None:
        """Visit the statements of the method itself."""
        tree.body = [self.visit(statement) for statement in tree.body]

    def visit_FunctionDef(self, node: gast.FunctionDef) -> gast.FunctionDef:
        return node

    def visit_Lambda(self, node: gast.Lambda) -> gast.Lambda:
        return node

    def visit_Call(self, node: gast.Call) -> gast.Call:
        self.generic_visit(node)
        match node:
            case gast.Call(func=gast.Name(id="super"), args=[], keywords=[]):
                node.args = [
                    gast.copy_location(gast.Name(name, gast.Load(), None, None), node)
                    for name in ("__class__", self.receiver)
                ]
        return node


class _PrivateNames(gast.NodeTransformer):
    """Writes ``self.__x`` as ``self._Class__x``, as the compiler does inside a class body."""

    def __init__(self, class_name: str) -> None:
        self.class_name = class_name

    def mangled(self, name: str) -> str:
        """The name that the compiler uses."""
        private = name.startswith("__") and not name.endswith("__") and "." not in name
        return f"_{self.class_name}{name}" if private else name

    def visit_Name(self, node: gast.Name) -> gast.Name:
        self.generic_visit(node)
        node.id = self.mangled(node.id)
        return node

    def visit_Attribute(self, node: gast.Attribute) -> gast.Attribute:
        self.generic_visit(node)
        node.attr = self.mangled(node.attr)
        return node

    def visit_FunctionDef(self, node: gast.FunctionDef) -> gast.FunctionDef:
        self.generic_visit(node)
        node.name = self.mangled(node.name)
        return node

    def visit_ClassDef(self, node: gast.ClassDef) -> gast.ClassDef:
        return node

    def visit_Nonlocal(self, node: gast.Nonlocal) -> gast.Nonlocal:
        node.names = [self.mangled(name) for name in node.names]
        return node

    def visit_Global(self, node: gast.Global) -> gast.Global:
        node.names = [self.mangled(name) for name in node.names]
        return node
