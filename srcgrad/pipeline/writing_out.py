"""Which calls are written out: the callee's body stands in the caller."""

from __future__ import annotations

import inspect
from collections.abc import Collection, Iterator
from types import FunctionType, ModuleType
from typing import Any

import gast

from srcgrad.analyse.activity import Activity
from srcgrad.analyse.dependence import dependencies
from srcgrad.analyse.effects import calls_that_write
from srcgrad.analyse.kinds import Kinds, Target
from srcgrad.analyse.mutation import MUTATING_METHODS
from srcgrad.analyse.operations import single_target
from srcgrad.analyse.purity import is_pure_library_call
from srcgrad.differentiate.calls import is_differentiated
from srcgrad.differentiate.needed import statements_of
from srcgrad.errors import SrcgradError, UnsupportedError
from srcgrad.kind import Function, Kind, SequenceOf, TupleOf
from srcgrad.normalise import normalise
from srcgrad.normalise.hoisting import hoist
from srcgrad.normalise.inlining import InlineBody, inline_calls
from srcgrad.normalise.scopes import LOOPS, own_nodes
from srcgrad.pipeline.bound_values import is_settled
from srcgrad.pipeline.closures import with_captures_as_defaults
from srcgrad.pipeline.program import SourceProgram
from srcgrad.pipeline.requests import NESTED
from srcgrad.pipeline.spreading import spread
from srcgrad.pipeline.unrolling import has_mixed_loop
from srcgrad.rules.registry import is_definition
from srcgrad.syntax.binding import Default, bind, signature_of
from srcgrad.syntax.build import constant, local_names, name, names_read, parameter_names
from srcgrad.syntax.names import Names
from srcgrad.syntax.tree import copy_tree
from srcgrad.syntax.walking import walk

_INNER = (gast.FunctionDef, gast.Lambda)
_MOST_STATEMENTS = 4


def calls_to_write_out(
    tree: gast.FunctionDef, function: Any, kinds: Kinds, active: Activity, program: SourceProgram, names: Names
) -> dict[gast.Call, InlineBody]:
    """The calls that are written out, with the bodies to put in their place.

    These are calls of functions defined inside the program, of functions that write into their arguments or are given
    functions of the program, and of functions that are one ``return``.
    """
    writing = {call for call, _ in calls_that_write(tree, kinds, program.body)}
    chosen: dict[gast.Call, InlineBody] = {}
    repeated = {node for loop in own_nodes(tree.body) if isinstance(loop, LOOPS) for node in walk(loop)}
    own = {node for node in own_nodes(tree.body) if isinstance(node, _INNER)}
    for statement, call in _whole_calls(tree):
        target = single_target(call, kinds)
        varied = active.varied_before.get(statement, frozenset())
        if target is None or (isinstance(target.function, _INNER) and target.function not in own):
            continue
        needed = makes_functions(kinds.of.get(call), own) or _rebinds(call, target, kinds)
        if not (needed or call in writing or dependencies(call, kinds) & varied):
            continue
        body = _body(call, target, call in writing, tree, function, kinds, program, names)
        if body is not None:
            if call in repeated:
                # What one trip makes must not share the variables of the next.
                body = InlineBody(with_captures_as_defaults(body.tree), body.arguments)
            chosen[call] = body
    return chosen


def _rebinds(call: gast.Call, target: Target, kinds: Kinds) -> bool:
    """Whether a call runs, or passes on, a function that binds variables of the one around it anew."""
    if isinstance(target.function, gast.FunctionDef) and _binds_outside(target.function):
        return True
    for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
        kind = kinds.of.get(argument)
        if isinstance(kind, Function):
            if any(isinstance(item, gast.FunctionDef) and _binds_outside(item) for item in kind.targets):
                return True
    return False


def makes_functions(kind: Kind | None, own: Collection[gast.AST]) -> bool:
    """Whether a value is, or contains, a function that is defined inside another function than this one."""
    match kind:
        case Function(targets=targets):
            return any(isinstance(target, _INNER) and target not in own for target in targets)
        case TupleOf(elements=elements):
            return any(makes_functions(element, own) for element in elements)
        case SequenceOf(element=element):
            return makes_functions(element, own)
        case _:
            return False


def without_rebinding(tree: gast.FunctionDef, names: Names) -> gast.FunctionDef:
    """The function with the calls of those of its inner functions written out that bind its variables anew."""
    for definition in tree.body:
        if not isinstance(definition, gast.FunctionDef) or not _binds_outside(definition):
            continue
        callee = normalise(definition, allow_nonlocal=True)
        signature = signature_of(definition.args)

        def wanted(node: gast.AST, called: str = definition.name) -> bool:
            return isinstance(node, gast.Call) and isinstance(node.func, gast.Name) and node.func.id == called

        tree = hoist(tree, wanted, names, is_pure=is_pure_library_call)
        bodies = {}
        for _, call in _whole_calls(tree):
            arguments = _arguments_for(call, callee, bind(call, signature, 0), tree) if wanted(call) else None
            if arguments is not None:
                bodies[call] = InlineBody(callee, arguments)
        tree = inline_calls(tree, bodies, names, is_pure_library_call)
    return tree


def _binds_outside(definition: gast.FunctionDef) -> bool:
    return any(isinstance(node, gast.Nonlocal) for node in walk(definition))


def _arguments_for(
    call: gast.Call, callee: gast.FunctionDef, bound: dict[str, Any], tree: gast.FunctionDef
) -> dict[str, gast.expr | None] | None:
    """The arguments of a call by parameter; None where a default is no constant."""
    arguments: dict[str, gast.expr | None] = {}
    for parameter in parameter_names(callee.args):
        argument = bound[parameter]
        if isinstance(argument, Default):
            argument = _default(argument.value, tree)
            if argument is None:
                return None
        arguments[parameter] = argument
    return arguments


def check_rebinding(tree: gast.FunctionDef, kinds: Kinds) -> None:
    """Refuse a function that binds variables around it anew where a call of it could not be written out."""
    rebinding = {
        definition: next(node for node in walk(definition) if isinstance(node, gast.Nonlocal))
        for definition in walk(tree)
        if isinstance(definition, gast.FunctionDef) and definition is not tree and _binds_outside(definition)
    }
    for definition in _reached(tree, kinds) if rebinding else ():
        if definition in rebinding:
            raise UnsupportedError(
                f"{definition.name} assigns variables of the function around it; this way to use it is not supported",
                node=rebinding[definition],
                advice="call it in statements of their own, or return the new value",
            )


def _reached(tree: gast.FunctionDef, kinds: Kinds) -> Iterator[Any]:
    """The functions that a call runs, or is given to run."""
    for node in own_nodes(tree.body):
        if not isinstance(node, gast.Call):
            continue
        fact = kinds.calls.get(node)
        yield from (target.function for target in (fact.targets if fact is not None else ()))
        is_kept = isinstance(node.func, gast.Attribute) and node.func.attr in MUTATING_METHODS
        for argument in () if is_kept else (*node.args, *(keyword.value for keyword in node.keywords)):
            kind = kinds.of.get(argument)
            if isinstance(kind, Function):
                yield from kind.targets


def _whole_calls(tree: gast.FunctionDef) -> Iterator[tuple[gast.stmt, gast.Call]]:
    for statement in statements_of(tree.body):
        match statement:
            case (
                gast.Assign(targets=[gast.Name() | gast.Tuple()], value=gast.Call() as call)
                | gast.Expr(value=gast.Call() as call)
            ):
                yield statement, call
            case _:
                pass


def _body(
    call: gast.Call,
    target: Target,
    writes: bool,
    tree: gast.FunctionDef,
    function: Any,
    kinds: Kinds,
    program: SourceProgram,
    names: Names,
) -> InlineBody | None:
    """The body of a callee that is to be written out, None where the call stays."""
    callee: gast.FunctionDef
    arguments: dict[str, gast.expr | None] = {}
    wanted = True
    if isinstance(target.function, _INNER):
        callee = normalise(_as_definition(target.function), allow_nonlocal=True)
        signature = signature_of(target.function.args)
    elif is_differentiated(target) and isinstance(target.function, FunctionType):
        callee = program.body(target.function)
        if calls_itself(target.function, program) or hasattr(target.function, NESTED):
            return None
        wanted = writes or _is_given_functions(call, kinds) or len(callee.body) == 1
        wanted = wanted or makes_functions(kinds.of.get(call), ()) or _is_short_definition(target.function, callee)
        wanted = wanted or (target.inside is not None and has_mixed_loop(callee.body, target.inside()))
        may_be_wrapper = len(callee.body) <= _MOST_STATEMENTS and _has_stars(callee)
        if not wanted and not may_be_wrapper:
            return None
        arguments.update(_free_names(callee, target.function, tree, function, program, names))
        signature = inspect.signature(target.function, follow_wrapped=False)
    else:
        return None
    called = kinds.of.get(call.func)
    if target.leading or target.keywords:
        return None
    if isinstance(called, Function) and (called.keywords or (called.leading and not called.bound)):
        return None
    receiver = target.receiver if target.receiver is not None else getattr(call.func, "value", None)
    try:
        bound = bind(call, signature, int(target.bound), lambda node: _length(node, kinds))
    except SrcgradError:
        return None
    if target.bound:
        bound[parameter_names(callee.args)[0]] = receiver
    callee, bound = spread(callee, bound)
    if not wanted and _has_stars(callee):
        return None
    for parameter, argument in bound.items():
        if isinstance(argument, Default):
            argument = _default(argument.value, tree)
            if argument is None:
                return None
        arguments[parameter] = argument
    return InlineBody(callee, arguments)


def _default(value: Any, tree: gast.FunctionDef) -> gast.expr | None:
    """The default of a parameter where the call stands, None where that may be another value."""
    if isinstance(value, gast.AST):
        return copy_tree(value) if is_settled(value, tree) else None
    if value is None or isinstance(value, bool | int | float | str):
        return constant(value)
    return None


def _as_definition(function: gast.FunctionDef | gast.Lambda) -> gast.FunctionDef:
    if isinstance(function, gast.FunctionDef):
        return function
    body = gast.copy_location(gast.Return(function.body), function.body)
    return gast.copy_location(gast.FunctionDef("anonymous", function.args, [body], [], None, None, []), function)


def _is_short_definition(function: FunctionType, callee: gast.FunctionDef) -> bool:
    """Whether a callee defines a library's function in a few steps, of which options may leave fewer."""
    return is_definition(function)


def _has_stars(callee: gast.FunctionDef) -> bool:
    return (callee.args.vararg or callee.args.kwarg) is not None


def _is_given_functions(call: gast.Call, kinds: Kinds) -> bool:
    """Whether an argument is a function that is defined inside the program."""
    for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
        kind = kinds.of.get(argument)
        if isinstance(kind, Function) and any(isinstance(target, _INNER) for target in kind.targets):
            return True
    return False


def calls_itself(function: FunctionType, program: SourceProgram) -> bool:
    """Whether a function can be reached from itself, through other functions too."""
    waiting, seen = [function], {function}
    while waiting:
        caller = waiting.pop()
        try:
            body = program.body(caller)
        except SrcgradError:
            continue
        for identifier in names_read(body.body) - local_names(body) - set(parameter_names(body.args)):
            value = program.lookup(caller, identifier).value
            if value is function:
                return True
            if isinstance(value, FunctionType) and value not in seen and value.__module__ == function.__module__:
                seen.add(value)
                waiting.append(value)
    return False


def _free_names(
    callee: gast.FunctionDef,
    called: FunctionType,
    tree: gast.FunctionDef,
    function: Any,
    program: SourceProgram,
    names: Names,
) -> dict[str, gast.expr | None]:
    """What stands in the caller for those free names of a callee that mean something else there."""
    own = local_names(tree) | set(parameter_names(tree.args))
    found: dict[str, gast.expr | None] = {}
    for identifier in sorted(names_read(callee.body) - local_names(callee) - set(parameter_names(callee.args))):
        theirs = program.lookup(called, identifier)
        ours = program.lookup(function, identifier)
        is_same_module = theirs.is_set and isinstance(theirs.value, ModuleType) and ours.value is theirs.value
        if identifier in own or not (theirs.owner is ours.owner or is_same_module):
            found[identifier] = name(program.name_for(function, theirs, names))
    return found


def _length(node: gast.AST, kinds: Kinds) -> int | None:
    kind = kinds.of.get(node)
    if isinstance(kind, TupleOf):
        return len(kind.elements)
    if isinstance(kind, SequenceOf) and kind.elements is not None:
        return len(kind.elements)
    return None
