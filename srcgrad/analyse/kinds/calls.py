"""Calls: what may be called, with which arguments, and what comes back."""

from __future__ import annotations

import dataclasses
import inspect
import types
from collections.abc import Mapping
from typing import Any

import gast
import numpy as np

from srcgrad.analyse.kinds import symbols
from srcgrad.analyse.kinds.builtin import BUILTINS
from srcgrad.analyse.kinds.derivatives import Derivatives
from srcgrad.analyse.kinds.facts import CallFact, Inner, Target
from srcgrad.analyse.kinds.frame import Frame
from srcgrad.analyse.kinds.joins import Path, as_element, change_lengths, forget_values, join, join_all, without_none
from srcgrad.analyse.kinds.library import library_call
from srcgrad.analyse.kinds.origins import is_foreign, is_own
from srcgrad.analyse.kinds.recursion import continues, is_generated
from srcgrad.analyse.kinds.samples import may_be_sampled
from srcgrad.analyse.kinds.values import constant_kind, environment_kind, replaced_fields
from srcgrad.custom import Checkpoint, CustomFunction, CustomVjp, checkpoint_of, maker_of
from srcgrad.errors import ArgumentTypeError, SourceError, SrcgradError, UnsupportedError
from srcgrad.kind import (
    Array,
    Constant,
    DictOf,
    Function,
    Instance,
    Iterator,
    Kind,
    Opaque,
    Scalar,
    SequenceOf,
    Text,
    TupleOf,
    Unreachable,
)
from srcgrad.rules.methods import METHODS
from srcgrad.rules.registry import has_rule, is_hashable, is_nondifferentiable
from srcgrad.syntax.binding import Default, bind_arguments, signature_of

_MOST_VARIANTS = 12
_SPELLED_OUT = (np.reshape, np.transpose)


class Calls(Derivatives):
    """The part of the interpreter that calls functions."""

    def _call(self, node: gast.Call) -> Kind:
        function = self.evaluate(node.func)
        positional = self.display(node.args)
        keywords: dict[str, Kind] | None = {}
        for keyword in node.keywords:
            kind = self.evaluate(keyword.value)
            if keyword.arg is not None and keywords is not None:
                keywords[keyword.arg] = kind
            elif isinstance(kind, DictOf) and kind.entries is not None and keywords is not None:
                keywords.update({str(name): value for name, value in kind.entries})
            else:
                keywords = None
        if positional is None or keywords is None:
            result, targets = self._call_with_unknown_arguments(node, function)
        else:
            result, targets = self.call(node, function, positional, keywords)
        self.calls[node] = CallFact(targets)
        return result

    def _call_with_unknown_arguments(self, node: gast.Call, function: Kind) -> tuple[Kind, tuple[Target, ...]]:
        """A call with a starred argument of unknown length: only a few functions take any number of one kind."""
        if isinstance(function, Function) and function.targets[0] in (zip, max, min):
            kinds = [self.of[argument] for argument in node.args]
            if function.targets[0] is zip:
                items = [self.iterate(node, kind) for kind in kinds]
                element = items[0] if len(items) == 1 else Opaque()
                result: Kind = Iterator(SequenceOf(as_element(element), tuple))
            else:
                result = forget_values(join_all(kinds))
            return result, (Target(function.targets[0], result=result),)
        if isinstance(function, Function):
            return Opaque(), tuple(Target(target, result=Opaque()) for target in function.targets)
        return Opaque(), ()

    def call(
        self, node: gast.AST, function: Kind, positional: list[Kind], keywords: dict[str, Kind]
    ) -> tuple[Kind, tuple[Target, ...]]:
        match without_none(function):
            case Unreachable():
                return Unreachable(), ()
            case Constant(value=type() as cls):
                return self.construct(node, cls, positional, keywords)
            case Function(targets=targets, bound=bound, leading=leading, keywords=bound_keywords):
                arguments = [*leading, *positional]
                options = {**dict(bound_keywords), **keywords}
                result: Kind = Unreachable()
                facts: list[Target] = []
                on_receiver = bool(
                    bound and leading and isinstance(node, gast.Call) and isinstance(node.func, gast.Attribute)
                )
                receiver = _receiver_of_super(node)
                for target in targets:
                    fact = self.invoke(node, target, arguments, options)
                    if on_receiver and isinstance(leading[0], Scalar) and isinstance(fact.result, Scalar):
                        # A method of Python's numbers gives Python's numbers, unlike NumPy's function of that name.
                        fact = dataclasses.replace(fact, result=_as_receiver(fact.result, leading[0]))
                    result = join(result, fact.result, self.naming(node, "call"))
                    facts.append(dataclasses.replace(fact, bound=True, receiver=receiver) if on_receiver else fact)
                return result, tuple(facts)
            case Instance() as instance:
                found = self.class_attribute(instance, "__call__")
                if isinstance(found, Function):
                    result, called = self.call(node, Function(found.targets), [instance, *positional], keywords)
                    leading_value = () if instance.value is None else (instance.value,)
                    return result, tuple(dataclasses.replace(fact, leading=leading_value) for fact in called)
        return Opaque(), ()

    def invoke(self, node: gast.AST, target: Any, positional: list[Kind], keywords: dict[str, Kind]) -> Target:
        """Call one function."""
        if isinstance(target, (gast.FunctionDef, gast.Lambda)):
            return self._invoke_inner(node, target, positional, keywords)
        if hasattr(type(target), "__srcgrad_for__"):
            return self._invoke_derivative(node, target, positional, keywords)
        maker = maker_of(target)
        if maker is not None:
            return self.make_derivative(node, target, maker, positional, keywords)
        if is_hashable(target) and target in BUILTINS:
            return Target(target, result=BUILTINS[target](self, node, positional, keywords))
        if any(isinstance(kind, Unreachable) for kind in (*positional, *keywords.values())):
            return Target(target, result=Unreachable())
        if getattr(target, "__name__", None) == "_asdict" and positional and isinstance(positional[0], TupleOf):
            return Target(target, result=self._fields_by_name(node, positional[0]))
        if getattr(target, "__name__", None) == "_replace" and positional and isinstance(positional[0], TupleOf):
            return Target(target, result=replaced_fields(positional[0], keywords))
        if isinstance(target, CustomFunction):
            return self._invoke_custom(node, target, positional, keywords)
        if target in _SPELLED_OUT and len(positional) > 2:
            positional = [positional[0], TupleOf(tuple(positional[1:]))]
        if (
            target is METHODS["compress"]
            and len(positional) > 1
            and isinstance(node, gast.Call)
            and isinstance(node.func, gast.Attribute)
        ):
            if isinstance(self.of.get(node.func.value), Array):
                positional = [positional[1], positional[0], *positional[2:]]
        found = library_call(target, positional, keywords, self.naming(node, "library"))
        if found is not None:
            return Target(target, result=found)
        if may_be_sampled(target) or not callable(target):
            return Target(target, result=Opaque())
        return self._invoke_resolved(node, target, positional, keywords)

    def _fields_by_name(self, node: gast.AST, kind: TupleOf) -> Kind:
        """What ``_asdict()`` of a named tuple gives."""
        entries = tuple(zip(kind.cls._fields, kind.elements, strict=True))  # type: ignore[attr-defined]
        return DictOf(as_element(join_all(kind.elements)), entries, Text(), frozenset({self.fresh(node, "site")}))

    def _invoke_custom(
        self, node: gast.AST, target: CustomFunction, positional: list[Kind], keywords: dict[str, Kind]
    ) -> Target:
        """Call a function with a rule of its own: its text says what comes back, where it has one."""
        found = self.invoke(node, target.function, positional, keywords)
        if isinstance(target, Checkpoint):
            # Nothing is recorded inside a function with a rule anyway.
            has_source = isinstance(found.function, types.FunctionType) and found.parameters is not None
            return dataclasses.replace(found, function=checkpoint_of(found.function)) if has_source else found
        parameters = found.parameters
        if parameters is None:
            parameters = self.bind(node, inspect.signature(target.function), positional, keywords, target.label)
        result = found.result
        if isinstance(result, Opaque) and isinstance(target, CustomVjp):
            pair = self.invoke(node, target.rule[0], positional, keywords).result
            result = pair.elements[0] if isinstance(pair, TupleOf) and pair.elements else result
        return dataclasses.replace(found, function=target, parameters=parameters, result=result)

    def _invoke_resolved(
        self, node: gast.AST, target: Any, positional: list[Kind], keywords: dict[str, Kind]
    ) -> Target:
        """Call a function of the user's, whatever it is wrapped in."""
        program = self.session.program
        try:
            resolved = program.resolve(target)
        except SrcgradError:
            return Target(target, result=Opaque())
        function = resolved.function
        leading = [
            environment_kind(value, f"{getattr(target, '__name__', 'object')}.{k}")
            for k, value in enumerate(resolved.leading)
        ]
        options = {name: environment_kind(value, name) for name, value in resolved.keywords.items()} | keywords
        if function is not target and not isinstance(function, types.FunctionType):
            inner = self.invoke(node, function, [*leading, *positional], options)
            return dataclasses.replace(inner, leading=resolved.leading, keywords=resolved.keywords)
        if not isinstance(function, types.FunctionType) or is_foreign(function):
            return Target(function, False, resolved.leading, resolved.keywords, None, Opaque())
        if is_own(function) and not (has_rule(function) or is_nondifferentiable(function)):
            raise UnsupportedError(
                "derivatives inside a differentiated function are not supported yet",
                node=node,
                advice="take them outside of it, and pass the result as an argument",
            )
        try:
            tree = program.body(function)
        except SourceError:
            return Target(function, False, resolved.leading, resolved.keywords, None, Opaque())
        parameters = self.bind(
            node, inspect.signature(function, follow_wrapped=False), [*leading, *positional], options, function.__name__
        )
        frame = self._interpreted(function, tree, function, parameters, None, {})
        result = self.import_result(node, frame.result, _unknowns_of(parameters.values()))
        given = resolved.leading, resolved.keywords
        return Target(function, False, *given, frame.parameters, result, inside=frame.kinds)

    def _invoke_derivative(
        self, node: gast.AST, target: Any, positional: list[Kind], keywords: dict[str, Kind]
    ) -> Target:
        """Call what srcgrad has made: for arguments of these kinds it runs one generated function."""
        try:
            parameters = self.bind(node, target.__srcgrad_signature__(), positional, keywords, target.__name__)
            return self._invoke_resolved(node, target.__srcgrad_for__(parameters), positional, keywords)
        except SrcgradError as error:
            error.node = error.node or node
            raise

    def _invoke_inner(
        self, node: gast.AST, target: Inner, positional: list[Kind], keywords: dict[str, Kind]
    ) -> Target:
        """Call a function that is defined inside the program."""
        owners = self.session.owners[target]
        owner = owners[-1]
        parameters = self.bind(node, signature_of(target.args), positional, keywords, "lambda", owner)
        captured = self.captured_by(target)
        frame = self._interpreted(target, target, owner.function, parameters, owner, captured)
        known = _unknowns_of([*parameters.values(), *captured.values()])
        result = self.import_result(node, frame.result, known)
        return Target(target, False, (), {}, frame.parameters, result, inside=frame.kinds)

    def bind(
        self,
        node: gast.AST,
        signature: inspect.Signature,
        positional: list[Kind],
        keywords: Mapping[str, Kind],
        name: str,
        owner: Frame | None = None,
    ) -> dict[str, Kind]:
        """The kinds of a callee's parameters."""
        try:
            bound = bind_arguments(signature, positional, keywords)
        except ArgumentTypeError as error:
            raise ArgumentTypeError(
                f"in this call, {error.message}",
                node=node,
                advice="see the definition of the function that is called",
            ) from None
        parameters: dict[str, Kind] = {}
        for parameter, argument in bound.items():
            if isinstance(argument, Default):
                if owner is None:
                    parameters[parameter] = constant_kind(argument.value, f"{name}.{parameter}")
                else:
                    parameters[parameter] = owner.of.get(argument.value, Opaque())
            elif isinstance(argument, tuple):
                parameters[parameter] = TupleOf(argument)
            elif isinstance(argument, dict):
                entries = tuple(argument.items())
                key = as_element(join_all([constant_kind(key, "key") for key in argument]))
                site = frozenset({self.fresh(node, ("keywords", parameter))})
                made = DictOf(as_element(join_all(list(argument.values()))), entries, key, site)
                parameters[parameter] = self.session.current(made)
            else:
                parameters[parameter] = argument
        return parameters

    def construct(
        self, node: gast.AST, cls: type, positional: list[Kind], keywords: dict[str, Kind]
    ) -> tuple[Kind, tuple[Target, ...]]:
        """Call a class."""
        raise NotImplementedError

    # ---- interpretation of callees ----

    def _interpreted(
        self,
        key: Any,
        tree: gast.FunctionDef | gast.Lambda,
        function: Any,
        parameters: dict[str, Kind],
        parent: Frame | None,
        captured: dict[str, Kind],
    ) -> Frame:
        """The frame of a callee for these kinds, interpreted once per session and version."""
        session = self.session
        frames = session.frames.setdefault(key, [])
        parameters = {name: _without_float_value(kind) for name, kind in parameters.items()}
        if any(frame.is_running and frame.parameters != parameters for frame in frames) or len(frames) > _MOST_VARIANTS:
            parameters = self._widened(key, parameters)
            if is_generated(function):
                same = (frame.parameters for frame in frames if frame.is_running)
                same = (given for given in same if given == self._widened(key, given) and continues(parameters, given))
                parameters = next(same, parameters)
        inner = {name: self.captured_by_value(kind) for name, kind in parameters.items() if isinstance(kind, Function)}
        everything = {
            **captured,
            **{f"{name} captured": TupleOf(tuple(kinds.values())) for name, kinds in inner.items() if kinds},
        }
        frame = next((one for one in frames if one.parameters == parameters and one.captured == everything), None)
        if frame is None:
            frame = session.make_frame(session, tree, function, parameters, parent, everything)
            frames.append(frame)
        if frame.is_running:
            frame.was_asked = True
            return frame
        if frame.version != session.version:
            self._run_to_end(frame)
        return frame

    def _run_to_end(self, frame: Frame) -> None:
        """Interpret a callee, again and again where it calls itself, until its result is stable."""
        frame.is_running = True
        try:
            while True:
                before = frame.result
                frame.was_asked = False
                frame.run()
                frame.result = join(before, frame.result, frame.naming(frame.tree, "recursion"))
                if not frame.was_asked or frame.result == before:
                    break
                self.session.version += 1
        finally:
            frame.is_running = False
        frame.version = self.session.version

    def _widened(self, key: Any, parameters: dict[str, Kind]) -> dict[str, Kind]:
        """Parameters without constants and with lengths of their own: a recursive call's differ in each call."""
        names: dict[Any, str] = {}

        def change(dim: Any, path: Path) -> Any:
            if dim not in names:
                names[dim] = self.session.unknowns.setdefault((key, path), f"~{len(self.session.unknowns) + 1}")
            return names[dim]

        widened: dict[str, Kind] = {}
        for name, kind in parameters.items():
            if isinstance(kind, Scalar) and kind.dtype != "bool":
                widened[name] = Scalar(kind.dtype, kind.python)
            else:
                widened[name] = change_lengths(kind, change, (name,))
        return widened


def _receiver_of_super(node: gast.AST) -> gast.AST | None:
    """``self`` in ``super(__class__, self).method()``."""
    match node:
        case gast.Call(func=gast.Attribute(value=gast.Call(func=gast.Name(id="super"), args=[_, receiver]))):
            return receiver
    return None


def _as_receiver(result: Scalar, receiver: Scalar) -> Scalar:
    """The result of a number's method: NumPy's number only where the receiver is one."""
    return result if receiver.python is False else dataclasses.replace(result, python=receiver.python)


def _without_float_value(kind: Kind) -> Kind:
    """A number without its constant, where no test will be decided by it."""
    if isinstance(kind, Scalar) and kind.value is not None and not isinstance(kind.value, (bool, int)):
        return Scalar(kind.dtype, kind.python)
    return kind


def _unknowns_of(kinds: Any) -> frozenset[str]:
    """All unknown lengths in some kinds."""
    found: set[str] = set()

    def collect(dim: Any, _: Path) -> Any:
        found.update(symbols.unknowns(dim))
        return dim

    for kind in kinds:
        change_lengths(kind, collect)
    return frozenset(found)
