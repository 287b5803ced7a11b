"""What writes into arrays and containers destroy, and how it is put back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gast

from srcgrad.differentiate.lists import SAVED
from srcgrad.differentiate.shadows import Shadows
from srcgrad.differentiate.steps import Overwrite
from srcgrad.errors import UnsupportedError
from srcgrad.kind import Array, Constant, DictOf, Kind, Number, Scalar, SequenceOf
from srcgrad.syntax.build import (
    assign,
    base_name,
    call,
    constant,
    copy_tree,
    expression_statement,
    method,
    name,
    names_read,
)

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import Kinds


class Overwriting:
    """The overwrites of statements that write into a part of something."""

    def __init__(self, kinds: Kinds, shadows: Shadows) -> None:
        self.kinds = kinds
        self.shadows = shadows

    def part(self, target: gast.expr) -> Overwrite:
        """What ``a[i] = v`` and ``a.x = v`` destroy."""
        base = base_name(target) or ""
        part = loaded(target)
        kind = self.kinds.of.get(target)
        saved = part if isinstance(kind, Scalar) else method(part, "copy")
        if isinstance(target, gast.Subscript) and not isinstance(self.kinds.of.get(target.value), Array | Number):
            if not self._is_present(target):
                return self._whole_container(base, part, self.kinds.of.get(target.value))
            saved = part
        elif isinstance(target, gast.Attribute):
            # It may be the first assignment to this attribute; the shadow of a number is to be one even then.
            absent = constant(0.0) if isinstance(kind, Scalar) else constant(None)
            saved = call("getattr", part.value, constant(target.attr), absent)
        back = assign(everything(part), name(SAVED))
        return self._overwritten(target, base, saved, [back])

    def in_place(self, target: gast.expr) -> Overwrite:
        """What ``a[i] += v`` destroys: the array itself changes where the element or attribute is one."""
        base = base_name(target) or ""
        if isinstance(target, gast.Name) or not isinstance(self.kinds.of.get(target), Array | Number):
            return self.part(target)
        if isinstance(target, gast.Subscript) and isinstance(self.kinds.of.get(target.value), Array | Number):
            return self.part(target)
        part = loaded(target)
        if not isinstance(self.kinds.of.get(target), Array):
            raise UnsupportedError(
                "what is changed here may be a number or an array",
                node=target,
                advice="write the assignment out: a[i] = a[i] + ...",
            )
        whole = gast.Subscript(part, gast.Constant(Ellipsis, None), gast.Store())
        return self._overwritten(target, base, method(part, "copy"), [assign(whole, name(SAVED))], True)

    def _is_present(self, target: gast.Subscript) -> bool:
        """Whether a container surely has an element in this place, so that it can be saved and put back."""
        kind, index = self.kinds.of.get(target.value), self.kinds.of.get(target.slice)
        if isinstance(kind, DictOf):
            return kind.exact and isinstance(index, Constant) and index.value in dict(kind.entries or ())
        return isinstance(kind, SequenceOf) and isinstance(index, Scalar)

    def _whole_container(self, base: str, part: gast.expr, kind: Kind | None) -> Overwrite:
        """All elements of a container, put back into the very same container: it may be reached in other ways."""
        assert isinstance(part, gast.Subscript)
        whole = part.value
        if isinstance(kind, DictOf):
            back: list[gast.stmt] = [expression_statement(method(whole, "clear"))]
            back.append(expression_statement(method(whole, "update", name(SAVED))))
        else:
            items = gast.Subscript(whole, gast.Slice(None, None, None), gast.Store())
            back = [assign(items, name(SAVED))]
        return self._overwritten(part, base, method(whole, "copy"), back)

    def _overwritten(
        self, target: gast.expr, base: str, saved: gast.expr, back: list[gast.stmt], inside: bool = False
    ) -> Overwrite:
        """What a write into a part destroys: of memory, that is contents or items whatever the name."""
        shadows = self.shadows
        if base not in shadows:
            return Overwrite(base, saved, back, whole=False, reads=frozenset(names_read(loaded(target))) - {base})
        is_array = inside or isinstance(target, gast.Name) or isinstance(self.kinds.of.get(target.value), Array)
        token = shadows.memory.contents(base) if is_array else shadows.memory.items(base)
        reads = names_read(loaded(target)) | shadows.tokens_read([loaded(target)] if not is_array else [])
        if is_array and not isinstance(self.kinds.variables.get(base), Array):
            reads.add(shadows.memory.items(base))
        return Overwrite(token, saved, back, whole=False, reads=frozenset(reads), label=base)


def loaded(target: gast.expr) -> gast.expr:
    """A target as an expression that is read."""
    part = copy_tree(target)
    node: gast.AST = part
    while isinstance(node, gast.Subscript | gast.Attribute | gast.Name):
        node.ctx = gast.Load()
        if isinstance(node, gast.Name):
            break
        node = node.value
    return part


def everything(part: gast.expr) -> gast.expr:
    """``a[...]`` for an array as a whole, a part as it is."""
    if isinstance(part, gast.Name | gast.Call):
        return gast.Subscript(part, gast.Constant(Ellipsis, None), gast.Load())
    return part
