"""One generated module: the derivative that was asked for, and the sweeps of the functions that it calls."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import gast
import numpy as np

import srcgrad.runtime
from srcgrad.analyse.kinds import EnvironmentRead, Kinds, infer
from srcgrad.analyse.kinds.recursion import continues, is_generated
from srcgrad.custom import CustomJvp
from srcgrad.differentiate.holding import NOTHING_HELD, Held
from srcgrad.differentiate.naming import Helpers
from srcgrad.emit.load import load_module
from srcgrad.emit.module import module_text
from srcgrad.errors import Location, UnsupportedError, located, location_of
from srcgrad.kind import Kind, Unreachable
from srcgrad.optimise.finish import finish
from srcgrad.optimise.owned import own_gradients
from srcgrad.pipeline.assembly import (
    gradient_function,
    pair_functions,
    plain_arrays,
    transposed_function,
    use_runtime,
)
from srcgrad.pipeline.compiled import compiled_module
from srcgrad.pipeline.derivation import Derivation, derive, free_names
from srcgrad.pipeline.expansion import FORWARD, REVERSE, Form, expand
from srcgrad.pipeline.lifting import ORIGINS, check_captured
from srcgrad.pipeline.nested import gradient_pair
from srcgrad.pipeline.program import SourceProgram
from srcgrad.pipeline.requests import NESTED, Generated, GlobalRead, Nested, Request
from srcgrad.pipeline.reserved import without_reserved_names
from srcgrad.pipeline.several import Several
from srcgrad.pipeline.signature_kinds import signature_kinds
from srcgrad.pipeline.tangent import Wanted, tangent_function
from srcgrad.pipeline.transposition import tangent_rule, without_tangents
from srcgrad.read.environment import Binding
from srcgrad.read.function import FunctionSource
from srcgrad.syntax.build import local_names, parameter_names, substitute
from srcgrad.syntax.names import Names

_VERSION = "0.1"
FORWARD_FORMS = ("tangent", "value_and_tangent", "value_and_tangents")


class Module:
    """Collects the functions of one generated module."""

    def __init__(self, request: Request) -> None:
        self.wanted = request
        self.program = SourceProgram()
        self.source = self.program.source(request.function)
        self.module_names = Names(["np", "math", self.source.name])
        self.helpers = Helpers(self.module_names)
        self.functions: list[gast.FunctionDef] = []
        # The tree of each function after each pass; no pass changes the tree that it is given.
        self.stages: list[tuple[str, gast.FunctionDef]] = []
        self.reads: dict[tuple[int, str], tuple[EnvironmentRead, str]] = {}
        self.objects: dict[str, Any] = {}
        self.helpers.surroundings = self.objects
        # What is known of each function beside its tree: the kinds of its parameters and of its variables.
        self.known: dict[str, tuple[Mapping[str, Kind], Mapping[str, Kind]]] = {}
        self.sources: list[FunctionSource] = []
        self.main: tuple[str, ...] = ()
        self._pairs: dict[Any, tuple[str, str]] = {}
        self._tangents: dict[Any, str] = {}
        self._primals: set[Any] = set()
        self._transposes: dict[Any, tuple[str, tuple[str, ...]]] = {}
        self._open: list[Any] = [request.function]
        self.several = Several(request.form == "value_and_tangents", self.module_names, self.helpers)

    # ---- functions ----

    def add_main(self) -> None:
        """Derive the function of the request."""
        request, label = self.wanted, self.source.name
        if request.form in FORWARD_FORMS:
            self.main = (self.module_names.fresh(f"{label}_tangent"),)
            wanted = Wanted(request.form != "tangent", request.has_aux)
            self._add_tangent(request.function, dict(request.kinds), request.wrt, self.main[0], wanted)
            self.main = self.several.chosen(self.main, self.functions)
            return
        if request.form == "pair":
            names = (self.module_names.fresh(f"{label}_forward"), self.module_names.fresh(f"{label}_reverse"))
            self.main = names
            self._add_pair(request.function, dict(request.kinds), request.wrt, names, request.has_aux)
            return
        ending = "grad" if request.form == "gradient" else "value_and_grad"
        called = self.module_names.fresh(f"{label}_{ending}")
        self.main = (called,)
        derivation = self._derive(request.function, dict(request.kinds), request.wrt, request.result, request.has_aux)
        with_value = request.form == "value_and_gradient"
        tree = self.program.body(request.function)
        self._add([gradient_function(called, tree, derivation, with_value, self.helpers)], derivation)
        place = 1 if with_value else 0 if request.has_aux else None
        arrays, count = plain_arrays(derivation), len(derivation.gradients)
        self.functions[-1] = own_gradients(self.functions[-1], place, arrays, count, self.functions[:-1])

    def request_pair(
        self,
        function: Any,
        kinds: Mapping[str, Kind],
        wrt: tuple[str, ...],
        read_once: bool = False,
        held: Held = NOTHING_HELD,
    ) -> tuple[str, str]:
        """The names of the sweeps of a callee, which are made the first time."""
        self._request_primal(function, kinds)
        recursive = function in self._open
        kinds = signature_kinds(kinds, recursive)
        key = (function, tuple(kinds.items()), wrt, held)
        known = self._pairs.get(key)
        if known is None:
            label = function.__name__.strip("_<>")
            known = (self.module_names.fresh(f"{label}_forward"), self.module_names.fresh(f"{label}_reverse"))
            self._pairs[key] = known
            source = self.program.source(function)
            self.sources.append(source)
            self._open.append(function)
            nested = getattr(function, NESTED, None)
            with located(source.filename, source.lines):
                if isinstance(nested, Nested):
                    self._add_gradient_pair(nested, kinds, wrt, known)
                else:
                    self._add_pair(function, dict(kinds), wrt, known, False, read_once, held)
            self._open.pop()
        return known

    def _add_gradient_pair(
        self, nested: Nested, kinds: Mapping[str, Kind], wrt: tuple[str, ...], names: tuple[str, str]
    ) -> None:
        def generate(request: Request) -> Generated:
            module = Module(request)
            module.add_main()
            return module.emitted()

        known = next((called for called, value in self.objects.items() if value is nested.derivative), None)
        for function in gradient_pair(names, nested, kinds, wrt, self.helpers, generate, self.request_tangent, known):
            use_runtime(function, self.helpers)
            self._finish(function, kinds, {}, frozenset(), frozenset())

    def _request_primal(self, function: Any, kinds: Mapping[str, Kind]) -> None:
        """Let the module have the text of a function that a pass has cut out of another."""
        if function in self._primals or function not in self.program.adopted:
            return
        self._primals.add(function)
        source, tree = self.program.source(function), self.program.body(function)
        with located(source.filename, source.lines):
            found = infer(tree, function, kinds, self.program)
            tree, _ = self._with_module_names(tree, function, dict(kinds), found)
        self.functions.append(tree)

    def request_transpose(
        self, function: CustomJvp, kinds: Mapping[str, Kind], wrt: tuple[str, ...]
    ) -> tuple[str, tuple[str, ...]]:
        """The name of the transposed rule of a `custom_jvp`, which is made the first time, and what it takes."""
        kinds = signature_kinds(kinds, False)
        key = (function, tuple(kinds.items()), wrt)
        known = self._transposes.get(key)
        if known is None:
            called = self.module_names.fresh(f"{function.label}_transpose")
            rule = tangent_rule(function, kinds, self.program)
            source = self.program.source(rule.function)
            with located(source.filename, source.lines):
                dots = tuple(rule.tangents[parameter] for parameter in wrt)
                derivation = self._derive(rule.function, rule.kinds, dots, "any", False)
                parameters = [*rule.parameters.values(), *rule.tangents.values()]
                tree = transposed_function(called, parameters, derivation, self.helpers)
                self._add([tree], derivation)
                self.functions[-1], taken = without_tangents(self.functions[-1], rule)
            known = self._transposes[key] = (called, taken)
        return known

    def request_tangent(self, function: Any, kinds: Mapping[str, Kind], wrt: tuple[str, ...]) -> str:
        """The name of the tangent of a callee, which is made the first time."""
        self._request_primal(function, kinds)
        kinds = signature_kinds(kinds, function in self._open)
        key = ("tangent", function, tuple(kinds.items()), wrt)
        known = self._tangents.get(key) or self._tangent_around(function, kinds, wrt)
        if known is None:
            known = self._tangents[key] = self.module_names.fresh(f"{function.__name__.strip('_<>')}_tangent")
            source = self.program.source(function)
            self._open.append(function)
            with located(source.filename, source.lines):
                self._add_tangent(function, dict(kinds), wrt, known, Wanted(is_callee=True))
            self._open.pop()
        return known

    def _tangent_around(self, function: Any, kinds: Mapping[str, Kind], wrt: tuple[str, ...]) -> str | None:
        """The tangent that a recursive call of generated code is inside of: its records are laid out alike."""
        if function not in self._open or not is_generated(function):
            return None
        known = (item for item in self._tangents.items() if item[0][1] is function and item[0][3] == wrt)
        around = next((name for key, name in known if continues(kinds, dict(key[2]))), None)
        if around is not None and any(parameter.startswith("shadows") for parameter in kinds):
            raise UnsupportedError(
                "a second derivative of a recursion that writes into arrays of several names is not supported",
                advice="differentiate it once, or write the recursion as a loop",
            )
        return around

    def _add_tangent(
        self, function: Any, kinds: dict[str, Kind], wrt: tuple[str, ...], called: str, wanted: Wanted
    ) -> None:
        tree, found, names = self._expanded(function, kinds, wrt, FORWARD)
        if is_generated(function) and isinstance(found.result, Unreachable):
            raise UnsupportedError(
                "the kinds of this recursion's records do not settle",
                node=tree,
                advice="differentiate it once, or write the recursion as a loop",
            )
        self.several.announce(called, len(wrt))
        made = tangent_function(
            called, tree, found, wrt, wanted, names, self.helpers, self.request_tangent, self.program.body, kinds
        )
        self._finish(made.function, made.given, made.known, made.temporaries, made.unnamed)
        self.several.add(self.functions, found, made)

    def _add_pair(
        self,
        function: Any,
        kinds: dict[str, Kind],
        wrt: tuple[str, ...],
        names: tuple[str, str],
        has_aux: bool,
        read_once: bool = False,
        held: Held = NOTHING_HELD,
    ) -> None:
        derivation = self._derive(function, kinds, wrt, "any", has_aux, held)
        self._add(pair_functions(names, self.program.body(function), derivation, self.helpers, read_once), derivation)

    def _add(self, functions: list[gast.FunctionDef], derivation: Derivation) -> None:
        """Optimise the sweeps of one function, and keep them."""
        for function in functions:
            self._finish(function, derivation.given, derivation.known, derivation.temporaries, derivation.unnamed)

    def _finish(
        self,
        function: gast.FunctionDef,
        given: Mapping[str, Kind],
        known: Mapping[str, Kind],
        temporaries: frozenset[str],
        unnamed: frozenset[str],
    ) -> None:
        self.stages.append(("differentiate", function))
        function = finish(function, known, temporaries, unnamed)
        self.stages.append(("optimise", function))
        self.functions.append(function)
        self.known[function.name] = (given, known)

    def _derive(
        self,
        function: Any,
        kinds: dict[str, Kind],
        wrt: tuple[str, ...],
        seed: Any,
        has_aux: bool,
        held: Held = NOTHING_HELD,
    ) -> Derivation:
        tree, found, names = self._expanded(function, kinds, wrt, REVERSE, held)
        return derive(tree, found, wrt, seed, has_aux, names, self.helpers, self, self.program.body, kinds, held)

    def _expanded(
        self, function: Any, kinds: dict[str, Kind], wrt: tuple[str, ...], form: Form, held: Held = NOTHING_HELD
    ) -> tuple[gast.FunctionDef, Kinds, Names]:
        """A function in the form in which a mode takes it, and the names in use."""
        tree = without_reserved_names(self.program.body(function))
        self.stages.append(("normalise", tree))

        def observe(wider: gast.FunctionDef) -> None:
            self.stages.append(("expand", wider))

        tree, found = expand(tree, function, kinds, wrt, self.program, form, observe, held)
        check_captured(tree, function, found)
        tree, found = self._with_module_names(tree, function, kinds, found)
        names = Names(local_names(tree) | set(parameter_names(tree.args)) | free_names(tree))
        names.take(self.objects)
        names.take(self.helpers.objects)
        self.helpers.variables = frozenset(local_names(tree) | set(parameter_names(tree.args)))
        self.module_names.take(self.helpers.variables)
        names.take(self.main)
        return tree, found, names

    # ---- names of the surroundings ----

    def _with_module_names(
        self, tree: gast.FunctionDef, function: Any, kinds: dict[str, Kind], found: Kinds
    ) -> tuple[gast.FunctionDef, Kinds]:
        """Give each global and closure variable a name in the module; two of the same name get different ones."""
        renamed: dict[str, gast.expr] = {}
        reads = {(id(read.owner), read.name): read for read in found.reads}
        for identifier in sorted(free_names(tree)):
            binding = self.program.lookup(function, identifier)
            if binding.kind == "builtin" or not binding.is_set:
                continue
            chosen = self.name_for(identifier, binding)
            read = reads.get((id(binding.owner), binding.name))
            if read is None:
                kind = found.evaluate(gast.Name(identifier, gast.Load(), None, None))
                read = EnvironmentRead(binding.owner, binding.name, kind)
            self.reads[(id(binding.owner), binding.name)] = (read, chosen)
            if chosen != identifier:
                renamed[identifier] = gast.Name(chosen, gast.Load(), None, None)
                self.program.bind(function, chosen, binding)
        for read in found.reads:
            chosen = self.name_for(read.name, Binding(read.name, "global", read.owner, read.value(), True))
            self.reads.setdefault((id(read.owner), read.name), (read, chosen))
        if not renamed:
            return tree, found
        tree = substitute(tree, renamed)
        return tree, infer(tree, function, kinds, self.program)

    def name_for(self, identifier: str, binding: Binding) -> str:
        """The name in the module of what a global or closure variable holds."""
        known = self.reads.get((id(binding.owner), binding.name))
        if known is not None:
            return known[1]
        is_other = identifier in self.objects and self.objects[identifier] is not binding.value
        if is_other or identifier in self._function_names():
            identifier = self.module_names.fresh(identifier + "_")
        self.objects[identifier] = binding.value
        self.module_names.take([identifier])
        return identifier

    def _function_names(self) -> set[str]:
        """The names of the functions that the module defines, so far as they are chosen."""
        pairs = (called for pair in self._pairs.values() for called in pair)
        return {*self.main, *pairs, *self._tangents.values(), *(called for called, _ in self._transposes.values())}

    # ---- the module ----

    def emitted(self) -> Generated:
        """The module's text, compiled and ready to be called."""
        if self.wanted.backend is not None:
            return compiled_module(self, self.wanted.backend)
        order = [*self.functions[:-len(self.main)], *self.functions[-len(self.main) :]]
        namespace: dict[str, Any] = {"np": np, **self.objects, **self.helpers.objects}
        text = module_text(order, self.heading(order), self._imports())
        module = load_module(text, namespace, self.main[-1])
        environment = tuple(GlobalRead(read, module, chosen) for read, chosen in self.reads.values())
        module[ORIGINS] = {chosen: read for read, chosen in self.reads.values()}
        main = module[self.main[0]] if len(self.main) == 1 else tuple(module[called] for called in self.main)
        return Generated(text, main, environment, self.several.complete)

    def heading(self, functions: Sequence[gast.FunctionDef]) -> str:
        """The comment that the module starts with."""
        wrt = ", ".join(self.wanted.wrt)
        place = f"{self.source.filename.rsplit('/', 1)[-1]}:{self.source.tree.lineno}"
        called = self.main[0] if len(self.main) == 1 else " and ".join(self.main)
        forward = self.wanted.form in FORWARD_FORMS
        noun = ("tangents" if self.several.complete else "tangent") if forward else "adjoint"
        described = f"{called}: {noun} of {self.source.name} ({place}) with respect to {wrt}."
        lines = [f"{described}    Generated by srcgrad {_VERSION}."]
        text = "v_dot is the tangent of v." if forward else "v_bar is the adjoint of v."
        if self.several.complete:
            text = "v_dot has the tangents of v in several directions, along an axis in front."
        if any("_tape" in name for function in functions for name in local_names(function)):
            text += "  v_tape keeps what the reverse sweep reads of v, one entry per trip."
        return "\n".join([*lines, text])

    def _imports(self) -> list[str]:
        used = set().union(*(free_names(function) for function in self.functions))
        return self.imports(used, {**self.objects, **self.helpers.objects})

    def imports(self, used: set[str], objects: Mapping[str, Any]) -> list[str]:
        """The lines that import what the module uses."""
        lines = []
        modules = {name: value for name, value in self.objects.items() if inspect.ismodule(value) and name in used}
        if "np" in used or not modules:
            modules["np"] = np
        for name, value in sorted(modules.items(), key=lambda item: item[1].__name__):
            lines.append(f"import {value.__name__}" + (f" as {name}" if name != value.__name__ else ""))
        return [*lines, *_from_imports(used, objects)]

    def definition(self) -> Location | None:
        """Where the function stands whose derivative this is."""
        return location_of(self.source.tree, self.source.filename, self.source.lines)


def _from_imports(used: set[str], objects: Mapping[str, Any]) -> list[str]:
    lines = []
    for name, value in sorted(objects.items()):
        if name not in used or inspect.ismodule(value):
            continue
        if value is not None and getattr(srcgrad.runtime, name, None) is value:
            lines.append(f"from srcgrad.runtime import {name}")
            continue
        home, called = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
        if home and called and getattr(sys.modules.get(home), called, None) is value and home != "__main__":
            lines.append(f"from {home} import {called}" + (f" as {name}" if called != name else ""))
    return sorted(set(lines))
