"""The module for numba: the passes that bring generated functions into a form that it compiles, and the result."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import gast
import numpy as np

from srcgrad import runtime
from srcgrad.backend import Numba
from srcgrad.compiled.data import is_data, with_data_as_parameters
from srcgrad.compiled.entry import Entry, decorated, entry
from srcgrad.compiled.innermost import with_innermost_loops
from srcgrad.compiled.locating import primal_location
from srcgrad.compiled.overlap import without_overlapping_updates
from srcgrad.compiled.powers import with_powers_of_whole_numbers
from srcgrad.compiled.randomness import random_call
from srcgrad.compiled.records import with_typed_records
from srcgrad.compiled.reductions import with_reductions_by_axis
from srcgrad.compiled.scatter import with_scattering_calls
from srcgrad.compiled.statics import without_static_parameters
from srcgrad.compiled.unit import Unit
from srcgrad.emit.load import load_module
from srcgrad.emit.module import module_text
from srcgrad.errors import UnsupportedError
from srcgrad.pipeline.looping import with_loops
from srcgrad.pipeline.plain_callees import PlainCallees
from srcgrad.pipeline.requests import Generated, GlobalRead
from srcgrad.syntax.build import parameter_names
from srcgrad.syntax.names import Names

if TYPE_CHECKING:
    from srcgrad.pipeline.module import Module

# Function by function, in this order.
PASSES: tuple[Callable[[Unit], gast.FunctionDef], ...] = (
    with_powers_of_whole_numbers,
    with_scattering_calls,
    with_reductions_by_axis,
    without_overlapping_updates,
    with_innermost_loops,
)


def compiled_module(module: Module, backend: Numba) -> Generated:
    """The functions of a module as numba compiles them, ready to be called."""
    units = [Unit(tree, *module.known[tree.name]) for tree in module.functions]
    outside = {unit.name: parameter_names(unit.tree.args) for unit in units}
    _refuse_random_numbers(module, units)
    callees = PlainCallees(module)
    units, _ = without_static_parameters(units, callees.name_of)
    units = callees.with_callees(units)
    units = with_loops(units, {**module.objects, **module.helpers.objects})
    units = with_typed_records(units)
    for one_pass in PASSES:
        units = [replace(unit, tree=one_pass(unit)) for unit in units]
    values = {**module.objects, **module.helpers.objects}
    units, data = with_data_as_parameters(units, values)
    used = set().union(*(unit.free_names() for unit in units))
    names = Names([*used, *(unit.name for unit in units), *module.objects])
    entries: list[Entry] = []
    functions: list[gast.FunctionDef] = []
    for unit in units:
        if unit.name in module.main:
            recursive = any(unit.name in other.free_names() for other in units)
            made = entry(unit.tree, outside[unit.name], data[unit.name], names, recursive)
            entries.append(made)
            functions.append(decorated(made.compiled, backend))
            if made.around is not None:
                functions.append(made.around)
        else:
            functions.append(decorated(unit.tree, backend))
    return _loaded(module, backend, functions, entries, values)


def _refuse_random_numbers(module: Module, units: list[Unit]) -> None:
    """Refuse functions that draw random numbers: compiled code has a generator of its own, with another state."""
    values = {"np": np, **module.objects, **module.helpers.objects}
    for unit in units:
        found = random_call(unit.tree, values)
        if found is not None:
            text = module_text([unit.tree])
            line = next(number for number, one in enumerate(text.splitlines(), 1) if found in one)
            raise UnsupportedError(
                f"compiled code does not take {found}: numba has a generator of its own, which np.random.seed "
                "and random.seed do not reach",
                location=primal_location(text, line, [module.source, *module.sources]) or module.definition(),
                advice='draw the numbers outside and pass them in, pass an np.random.Generator, or use backend="numpy"',
            )


def _loaded(
    module: Module,
    backend: Numba,
    functions: list[gast.FunctionDef],
    entries: list[Entry],
    values: dict[str, Any],
) -> Generated:
    """The module's text, and the functions that it defines."""
    # Imported here: without numba there is no backend, and with it the import takes a second.
    import numba

    from srcgrad.compiled.cache import DiskCache, module_digest
    from srcgrad.compiled.running import Compiler

    used = set().union(*(Unit(tree).free_names() for tree in functions))
    provided = {name: getattr(runtime, name) for name in used if hasattr(runtime, name) and name not in values}
    imports = [*module.imports(used, {**values, **provided}), "from numba import njit"]
    text = module_text(functions, module.heading(functions), imports)
    namespace = {"np": np, **values, **provided, "njit": numba.njit}
    compiled_in = {name: value for name, value in {**values, **provided}.items() if name in used and not is_data(value)}
    digest = module_digest(text, backend, compiled_in)
    if digest is not None:
        # Compiled code is found by this name, in files of other processes too; numba looks for the module as well.
        called = f"srcgrad_generated.{module.main[-1]}_{digest[:32]}"
        namespace["__name__"] = called
        sys.modules.setdefault(called, types.ModuleType(called))
    loaded = load_module(text, namespace, module.main[-1])
    sources = [module.source, *module.sources]

    def locate(line: int) -> Any:
        found = primal_location(text, line, sources) if line else None
        return found or module.definition()

    filename = loaded[entries[-1].compiled.name].py_func.__code__.co_filename
    compiler = Compiler(module.main[-1], filename, locate, backend.progress)
    for one in entries:
        called = one.compiled.name
        compiler.attach(loaded[called], DiskCache(digest, called) if digest is not None else None)
    # Data are handed over at each call; all else is compiled in, and only watched.
    fixed = {chosen: values[chosen] for _, chosen in module.reads.values() if not is_data(values.get(chosen))}
    environment = tuple(
        GlobalRead(read, fixed if chosen in fixed else loaded, chosen) for read, chosen in module.reads.values()
    )
    main = tuple(loaded[one.called] for one in entries)
    return Generated(text, main[0] if len(main) == 1 else main, environment)

