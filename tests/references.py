"""Oracles: gradients of the corpus got in other ways, or a plain statement that there is none.

``reference(program)`` prefers a complex step, checked by differences; it takes Richardson-extrapolated central
differences where the program cannot be run on complex numbers; and it says ``NoReference`` where the two disagree,
where displaced runs take other branches, or where step sizes do not agree with one another.
"""

from __future__ import annotations

import ast
import copy
import importlib.util
import linecache
import math
import sys
import warnings
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from types import CodeType, FrameType, SimpleNamespace
from typing import Any

import numpy as np

from tests import complex_numpy
from tests.programs.program import REGISTRY, Program
from tests.trees import Path, leaves, map_leaves

Location = tuple[int | str, Path]
Gradient = dict[Location, np.ndarray]
Change = Callable[[Location, Any], Any]
Move = Callable[[float], Change]


@dataclass(frozen=True)
class Reference:
    """A gradient for each leaf, the error to allow relative to the largest entry, and where it comes from."""

    gradient: Gradient
    tolerance: float
    method: str


@dataclass(frozen=True)
class NoReference:
    """Why the program has no reference gradient at these arguments."""

    reason: str


@dataclass(frozen=True)
class Call:
    """A function with arguments, whose leaves can be moved."""

    function: Callable[..., Any]
    positional: tuple[Any, ...]
    named: dict[str, Any]
    argnums: tuple[int | str, ...]
    files: frozenset[str] = frozenset()

    def locations(self) -> list[tuple[Location, Any]]:
        """Every differentiated leaf with its place."""
        values = {**dict(enumerate(self.positional)), **self.named}
        return [((where, path), leaf) for where in self.argnums for path, leaf in leaves(floating(values[where]))]

    def run(self, change: Change | None = None) -> Any:
        """The result with each differentiated leaf replaced by ``change(location, leaf)``; arguments are copies."""
        positional, named = copy.deepcopy((self.positional, self.named))
        if change is not None:
            values = {**dict(enumerate(positional)), **named}
            for where in self.argnums:
                values[where] = map_leaves(lambda path, leaf: change((where, path), leaf), floating(values[where]))
            positional = tuple(values[position] for position in range(len(positional)))
            named = {key: values[key] for key in named}
        with redirect_stdout(StringIO()):
            return self.function(*positional, **named)


def floating(value: Any) -> Any:
    """The value; a Python int counts as a float."""
    return float(value) if type(value) is int else value


def call_of(program: Program, seed: int = 0) -> Call:
    """The program with arguments drawn from ``seed``; float32 leaves are widened, that differences mean something."""
    positional, named = program.arguments(np.random.default_rng(seed))
    if program.single_precision:
        positional, named = map_leaves(lambda _, leaf: np.asarray(leaf, np.float64)[()], (positional, named))
    return Call(program.function, positional, named, program.argnums, frozenset({source_file(program.module)}))


def source_file(module: str) -> str:
    """The file of a module of programs."""
    if module in sys.modules and getattr(sys.modules[module], "__file__", None):
        return str(sys.modules[module].__file__)
    found = importlib.util.find_spec(module)
    return str(found.origin) if found else module


def traced(call: Call, change: Change | None = None) -> tuple[Any, int]:
    """The result and a hash of the instructions that the program's own code went through."""
    path: list[tuple[int, int]] = []

    def follow(frame: FrameType, event: str, argument: Any) -> Any:
        if frame.f_code.co_filename not in call.files:
            return None
        frame.f_trace_opcodes = True
        frame.f_trace_lines = False
        if event == "opcode":
            path.append((frame.f_code.co_firstlineno, frame.f_lasti))
        return follow

    outer = sys.gettrace()
    sys.settrace(follow)
    try:
        result = call.run(change)
    finally:
        sys.settrace(outer)
    return result, hash(tuple(path))


def scalar(value: Any) -> float:
    """The result as one float."""
    array = np.asarray(value)
    if array.size != 1:
        raise ValueError(f"the result has shape {array.shape}")
    return float(array.reshape(()))


def displaced(location: Location, index: tuple[int, ...], step: complex) -> Change:
    """A change that moves one element of one leaf by ``step`` and leaves the others as they are."""

    def change(at: Location, leaf: Any) -> Any:
        if isinstance(step, complex):
            leaf = np.asarray(leaf, np.complex128)[()]
        if at != location:
            return leaf
        if not isinstance(leaf, np.ndarray):
            return leaf + step
        moved = leaf.copy()
        moved[index] += step
        return moved

    return change


def differences(call: Call) -> tuple[Gradient, float] | NoReference:
    """Richardson-extrapolated central differences, with an error relative to the largest entry."""
    value, path = traced(call)
    size = max(abs(scalar(value)), 1e-3)
    gradient: Gradient = {}
    errors: list[float] = [0.0]
    for location, leaf in call.locations():
        partial = np.zeros(np.shape(leaf))
        for index in np.ndindex(np.shape(leaf)):
            reach = max(1.0, abs(float(np.asarray(leaf)[index])))
            found = derivative(call, partial_move(location, index), reach, path, size)
            if found is None:
                return NoReference(f"displaced runs branch elsewhere, or do not converge, at {location}{list(index)}")
            partial[index], error = found
            errors.append(error)
        gradient[location] = partial
    scale = largest(gradient)
    return gradient, max(errors) / scale


def derivative(call: Call, move: Move, reach: float, path: int, size: float) -> tuple[float, float] | None:
    """The derivative along one line with its estimated error; None where no step size gives one.

    ``reach`` is the scale of what is moved, ``path`` the hash of the undisturbed run, ``size`` that of its result.
    """
    best: tuple[float, float] | None = None
    for exponent in (-8, -11, -15):
        step = 2.0**exponent * reach
        table = []
        for k in range(3):
            h = step / 2**k
            ahead, path_ahead = traced(call, move(h))
            behind, path_behind = traced(call, move(-h))
            if path_ahead != path or path_behind != path:
                break
            table.append((scalar(ahead) - scalar(behind)) / (2.0 * h))
        if len(table) < 3:
            continue
        first = [(4.0 * table[k + 1] - table[k]) / 3.0 for k in range(2)]
        value = (16.0 * first[1] - first[0]) / 15.0
        error = abs(value - first[1]) + 1e-15 * size / step
        if not math.isfinite(value):
            continue
        if best is None or error < best[1]:
            best = value, error
        if error < 1e-9 * max(abs(value), size):
            break
    if best is not None and best[1] > 1e-4 * max(abs(best[0]), size):
        return None
    return best


def partial_move(location: Location, index: tuple[int, ...]) -> Move:
    """The line along one element."""
    return lambda step: displaced(location, index, step)


def directional(call: Call, gradient: Gradient) -> float:
    """How far a gradient's slope along one general direction is from that of differences, relative to its entries."""
    value, path = traced(call)
    directions = {
        location: np.cos(1.0 + np.arange(np.size(leaf)) + position).reshape(np.shape(leaf))
        for position, (location, leaf) in enumerate(call.locations())
    }

    def move(step: float) -> Change:
        return lambda location, leaf: leaf + step * directions[location]

    found = derivative(call, move, 1.0, path, max(abs(scalar(value)), 1e-3))
    if found is None:
        return math.inf
    slope = sum(float(np.sum(gradient[location] * direction)) for location, direction in directions.items())
    return max(0.0, abs(slope - found[0]) - 30.0 * found[1]) / largest(gradient)


def quickly(call: Call, continued: Call) -> Reference | NoReference:
    """The complex step where differences along one direction agree with it, else the whole procedure."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        exact = complex_step(continued)
        if exact is not None and directional(call, exact) < 1e-7:
            return Reference(exact, 1e-9, "complex step")
    return agreed(call, continued)


def complex_step(call: Call) -> Gradient | None:
    """The gradient by complex steps; None where the program does not run on complex numbers."""
    gradient: Gradient = {}
    h = 1e-40
    for location, leaf in call.locations():
        partial = np.zeros(np.shape(leaf))
        for index in np.ndindex(np.shape(leaf)):
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("error", np.exceptions.ComplexWarning)
                    value = call.run(displaced(location, index, 1j * h))
                partial[index] = float(np.imag(np.asarray(value)).reshape(())) / h
            except Exception:  # any failure of a program outside its domain means that there is no complex step
                return None
        gradient[location] = partial
    return gradient


def largest(gradient: Gradient) -> float:
    """The largest absolute entry, at least a little more than nothing."""
    return max([1e-6, *(float(np.max(np.abs(leaf), initial=0.0)) for leaf in gradient.values())])


def distance(left: Gradient, right: Gradient) -> float:
    """The largest difference between two gradients, relative to the largest entry of the second."""
    if left.keys() != right.keys():
        return math.inf
    worst = 0.0
    for key, mine in left.items():
        if np.shape(mine) != np.shape(right[key]):
            return math.inf
        worst = max(worst, float(np.max(np.abs(mine - right[key]), initial=0.0)))
    return math.inf if math.isnan(worst) else worst / largest(right)


def agreed(call: Call, continued: Call | None, rounding: float = 1e-8) -> Reference | NoReference:
    """The reference for ``call``; ``continued`` is the same call for complex numbers.

    ``rounding`` is the error that differences may have beside their estimate.
    """
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        estimated = differences(call)
        if isinstance(estimated, NoReference):
            return estimated
        gradient, error = estimated
        if error > max(1e-5, rounding):
            return NoReference(f"differences are uncertain: relative error {error:.1e}")
        exact = complex_step(continued) if continued is not None else None
    if exact is None:
        return Reference(gradient, max(1e-6, 30.0 * error), "differences")
    apart = distance(gradient, exact)
    if apart > max(rounding, 30.0 * error):
        return NoReference(f"complex step and differences disagree by {apart:.1e}")
    return Reference(exact, 1e-9, "complex step")


def reference(program: Program, seed: int = 0) -> Reference | NoReference:
    """The reference gradient of a program at the arguments drawn from ``seed``."""
    continued = None
    call = call_of(program, seed)
    if program.complex_step:
        continued = complexified(program, call)
    found = agreed(call, continued, 1e-3 if program.single_precision else 1e-8)
    if program.single_precision and isinstance(found, Reference):
        return Reference(found.gradient, 3e-4, found.method)
    return found


def complexified(program: Program, call: Call) -> Call:
    """The same call to the program as it reads with complex NumPy."""
    function = variant(program, "complex", complex_numpy.SUBSTITUTES).function
    return Call(function, call.positional, call.named, call.argnums, call.files)


def variant(program: Program, name: str, substitutes: SimpleNamespace) -> Program:
    """The program from its module run anew with other modules in the place of NumPy and math."""
    module = f"{program.module}<{name}>"
    if module not in REGISTRY:
        filename = source_file(program.module)
        code = substituted("".join(linecache.getlines(filename)), filename)
        namespace = {"__name__": module, "__builtins__": substitutes.builtins, "__substitutes__": substitutes}
        sys.modules[module] = type(sys)(module)
        exec(code, sys.modules[module].__dict__ | namespace)
    return REGISTRY[module][program.name]


def substituted(text: str, filename: str) -> CodeType:
    """The code of a module whose imports of NumPy and math take what ``__substitutes__`` holds."""

    class Imports(ast.NodeTransformer):
        def visit_Import(self, node: ast.Import) -> Any:
            known = [alias for alias in node.names if alias.name in ("numpy", "math")]
            if len(known) < len(node.names):
                return node
            text = "; ".join(f"{alias.asname or alias.name} = __substitutes__.{alias.name}" for alias in known)
            return [ast.copy_location(statement, node) for statement in ast.parse(text).body]

        def visit_ImportFrom(self, node: ast.ImportFrom) -> Any:
            if node.module not in ("numpy", "math"):
                return node
            text = "; ".join(
                f"{alias.asname or alias.name} = __substitutes__.{node.module}.{alias.name}" for alias in node.names
            )
            return [ast.copy_location(statement, node) for statement in ast.parse(text).body]

    return compile(ast.fix_missing_locations(Imports().visit(ast.parse(text))), filename, "exec")
