"""Plain assignments: one target each, no nested unpacking, no annotations; and no statements without effect."""

from __future__ import annotations

from typing import Any

import gast

from srcgrad.normalise.branches import branch
from srcgrad.normalise.parallel import assign_in_parallel
from srcgrad.normalise.scopes import DEFINITIONS, own_nodes, replaced, with_blocks
from srcgrad.normalise.temporaries import Temporaries
from srcgrad.normalise.unpacking import assignment, flat_target, is_flat, is_unpacking, stored, unpack
from srcgrad.syntax.build import name, names_read
from srcgrad.syntax.names import Names
from srcgrad.syntax.tree import copy_tree, located_at

Block = list[gast.stmt]


def plain_assignments(function: gast.FunctionDef, names: Names) -> gast.FunctionDef:
    """The function with assignments to one target each, and without statements that do nothing.

    ::

        a = b = np.sin(x)                   a = np.sin(x)
        u, v = v, u + v                     b = a
        (p, q), r = pairs(x)    becomes     u_new = v
        for i, (s, t) in points:            v = u + v
            ...                             u = u_new
                                            p_q, r = pairs(x)
                                            p, q = p_q
                                            for i, s_t in points:
                                                s, t = s_t
                                                ...
    """
    captured: set[str] = set()
    for node in own_nodes(function.body):
        if isinstance(node, DEFINITIONS):
            captured |= names_read(node)
    return replaced(function, body=_Assignments(names, captured).block(function.body))


class _Assignments:
    """The rewriting of one function."""

    def __init__(self, names: Names, captured: set[str]) -> None:
        self._names = Temporaries(names)
        self._captured = captured  # by nested functions, so that any call may read them
        self._inside_try = 0

    def block(self, statements: Block) -> Block:
        """The user's statements."""
        done: Block = []
        for statement in statements:
            self._names.next_statement()
            done.extend(self._statement(statement))
        return done

    def _parts(self, statements: Block) -> Block:
        """What a statement of the user's has been split into."""
        return [plain for statement in statements for plain in self._statement(statement)]

    def _statement(self, statement: Any) -> Block:
        if _does_nothing(statement):
            return []
        if isinstance(statement, gast.AnnAssign):
            statement = located_at(gast.Assign([statement.target], statement.value, None), statement)
        if isinstance(statement, gast.Assign):
            return self._assign(statement)
        if isinstance(statement, gast.Delete):
            return self._delete(statement)
        if isinstance(statement, gast.If):
            return branch(statement.test, self.block(statement.body), self.block(statement.orelse), statement)
        if isinstance(statement, gast.Try):
            self._inside_try += 1
            changed = with_blocks(statement, self.block)
            self._inside_try -= 1
            return [changed]
        if isinstance(statement, gast.For):
            target, after = flat_target(statement.target, self._names)
            body = [*self._parts(after), *self.block(statement.body)]
            return [replaced(statement, target=target, body=body or [gast.Pass()])]
        if isinstance(statement, gast.With):
            return self._with(statement)
        return [with_blocks(statement, self.block)]

    def _with(self, statement: gast.With) -> Block:
        """Unpacking is done inside; it may stand there for the last manager alone without changing the order."""
        last = statement.items[-1]
        if any(is_unpacking(item.optional_vars) for item in statement.items[:-1]):
            inner = located_at(gast.With(statement.items[1:], statement.body, None), statement)
            statement = replaced(statement, items=statement.items[:1], body=[inner])
            last = statement.items[-1]
        after: Block = []
        if is_unpacking(last.optional_vars):
            target, after = flat_target(gast.Tuple([last.optional_vars], gast.Store()), self._names)
            last = replaced(last, optional_vars=target.elts[0])
        body = [*self._parts(after), *self.block(statement.body)]
        return [replaced(statement, items=[*statement.items[:-1], last], body=body or [gast.Pass()])]

    def _delete(self, statement: gast.Delete) -> Block:
        targets: list[gast.expr] = []
        for target in statement.targets:
            targets.extend(target.elts if isinstance(target, (gast.Tuple, gast.List)) else [target])
        return [located_at(gast.Delete([target]), statement) for target in targets]

    def _assign(self, statement: gast.Assign) -> Block:
        if len(statement.targets) > 1:
            return self._parts(self._one_target_each(statement))
        target, value = statement.targets[0], statement.value
        if not is_unpacking(target):
            return [statement]
        if isinstance(value, (gast.Tuple, gast.List)) and not any(isinstance(e, gast.Starred) for e in value.elts):
            if not any(isinstance(element, gast.Starred) for element in target.elts):
                if len(value.elts) == len(target.elts):
                    pairs = assign_in_parallel(
                        target.elts, value.elts, self._names, self._captured, bool(self._inside_try), statement
                    )
                    return self._parts(pairs)
        if isinstance(value, (gast.Tuple, gast.List)) and not any(isinstance(e, gast.Starred) for e in target.elts):
            temporary = self._names.fresh("values")
            return [assignment(temporary, value, statement), *self._assign(replaced(statement, value=name(temporary)))]
        if is_flat(target):
            return [replaced(statement, targets=[located_at(stored(gast.Tuple(target.elts, gast.Store())), target)])]
        return self._parts(unpack(target, value, self._names, statement))

    def _one_target_each(self, statement: gast.Assign) -> Block:
        """The value goes to the first target that is a variable, and from there to the others."""
        first, *others = statement.targets
        value = statement.value
        done: Block = []
        assigned = {node.id for target in statement.targets for node in gast.walk(target) if _is_store(node)}
        repeatable = isinstance(value, gast.Constant) or (isinstance(value, gast.Name) and value.id not in assigned)
        kept: gast.expr
        if repeatable:
            kept, others = value, statement.targets
        elif isinstance(first, gast.Name) and not any(_assigns(target, first.id) for target in others):
            done.append(located_at(gast.Assign([first], value, None), statement))
            kept = name(first.id)
        else:
            temporary = self._names.fresh("value")
            done.append(assignment(temporary, value, statement))
            kept, others = name(temporary), statement.targets
        done.extend(located_at(gast.Assign([target], copy_tree(kept), None), statement) for target in others)
        return done


def _does_nothing(statement: gast.stmt) -> bool:
    """Docstrings, other constants as statements, ``pass``, and annotations without value."""
    if isinstance(statement, gast.Expr):
        return isinstance(statement.value, gast.Constant)
    return isinstance(statement, gast.Pass) or (isinstance(statement, gast.AnnAssign) and statement.value is None)


def _is_store(node: gast.AST) -> bool:
    return isinstance(node, gast.Name) and isinstance(node.ctx, gast.Store)


def _assigns(target: gast.expr, identifier: str) -> bool:
    """Whether a target binds the variable."""
    return any(_is_store(node) and node.id == identifier for node in gast.walk(target))
