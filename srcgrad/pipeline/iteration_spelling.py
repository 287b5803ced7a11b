"""Spelling out ``itertools`` and ``operator``: what they give, in displays, slices, comprehensions and lambdas."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gast
import numpy as np

from srcgrad.analyse.operations import is_path
from srcgrad.kind import Array, DictOf, Scalar, SequenceOf, TupleOf
from srcgrad.pipeline.object_spelling import has_method
from srcgrad.syntax.build import assign, call, constant, copy_tree, method, name, subscript, substitute, tuple_of

if TYPE_CHECKING:
    from srcgrad.pipeline.spelling import Speller

_CHOOSING = (itertools.combinations, itertools.permutations, itertools.combinations_with_replacement)


def chained(speller: Speller, node: gast.Call) -> gast.expr | None:
    """``chain(xs, ys)`` as ``[*xs, *ys]``."""
    if node.keywords or any(isinstance(item, gast.Starred) for item in node.args):
        return None
    return gast.List([gast.Starred(item, gast.Load()) for item in node.args], gast.Load())


def neighbours(speller: Speller, node: gast.Call) -> gast.expr | None:
    """``pairwise(xs)`` as ``zip(xs[:-1], xs[1:])``."""
    (source,) = node.args
    if not _is_sequence(speller, source):
        return None
    before = gast.Subscript(source, gast.Slice(None, constant(-1), None), gast.Load())
    after = gast.Subscript(copy_tree(source), gast.Slice(constant(1), None, None), gast.Load())
    return call("zip", before, after)


def sliced(speller: Speller, node: gast.Call) -> gast.expr | None:
    """``islice(xs, n)`` as ``xs[:n]``."""
    source, *bounds = node.args
    if not _is_sequence(speller, source) or not bounds or node.keywords:
        return None
    wanted = [None, bounds[0]] if len(bounds) == 1 else bounds
    parts = [None if isinstance(part, gast.Constant) and part.value is None else part for part in wanted if part]
    if len(bounds) == 1:
        parts = [None, bounds[0]]
    return gast.Subscript(source, gast.Slice(*[*parts, None, None, None][:3]), gast.Load())


def repeated(speller: Speller, node: gast.Call) -> gast.expr | None:
    """``repeat(x, n)`` as ``[x] * n``."""
    if len(node.args) != 2:
        return None
    return gast.BinOp(gast.List([node.args[0]], gast.Load()), gast.Mult(), node.args[1])


def star_mapped(speller: Speller, node: gast.Call) -> gast.expr | None:
    """``starmap(f, pairs)`` as ``(f(*pair) for pair in pairs)``."""
    function, source = node.args
    if isinstance(function, gast.Lambda):
        plain = function.args
        if plain.vararg or plain.kwarg or plain.kwonlyargs or plain.defaults or plain.posonlyargs:
            return None
        fresh = {parameter.id: speller.names.fresh(parameter.id) for parameter in plain.args}
        target: gast.expr = gast.Tuple([_stored(key) for key in fresh.values()], gast.Store())
        body = substitute(function.body, {key: name(value) for key, value in fresh.items()})
        return gast.GeneratorExp(body, [gast.comprehension(target, source, [], 0)])
    item = speller.names.fresh("item")
    applied = gast.Call(function, [gast.Starred(name(item), gast.Load())], [])
    return gast.GeneratorExp(applied, [gast.comprehension(_stored(item), source, [], 0)])


def item_getter(speller: Speller, node: gast.Call) -> gast.expr | None:
    """``itemgetter(1)`` as ``lambda item: item[1]``."""
    return _getter(speller, node, lambda item, key: subscript(item, key))


def attribute_getter(speller: Speller, node: gast.Call) -> gast.expr | None:
    """``attrgetter("x")`` as ``lambda item: item.x``."""

    def part(item: gast.expr, key: gast.expr) -> gast.expr:
        assert isinstance(key, gast.Constant)
        for attr in key.value.split("."):
            item = gast.Attribute(item, attr, gast.Load())
        return item

    if not all(isinstance(key, gast.Constant) and isinstance(key.value, str) for key in node.args):
        return None
    return _getter(speller, node, part)


def method_caller(speller: Speller, node: gast.Call) -> gast.expr | None:
    """``methodcaller("area", 2)`` as ``lambda item: item.area(2)``."""
    called, *given = node.args
    if not isinstance(called, gast.Constant) or not all(isinstance(item, gast.Constant) for item in given):
        return None
    item = speller.names.fresh("item")
    return _lambda(item, gast.Call(gast.Attribute(name(item), called.value, gast.Load()), given, node.keywords))


def _getter(
    speller: Speller, node: gast.Call, part: Callable[[gast.expr, gast.expr], gast.expr]
) -> gast.expr | None:
    if not node.args or not all(isinstance(key, gast.Constant | gast.UnaryOp) for key in node.args):
        return None
    item = speller.names.fresh("item")
    parts = [part(name(item), key) for key in node.args]
    return _lambda(item, parts[0] if len(parts) == 1 else gast.Tuple(parts, gast.Load()))


def _lambda(parameter: str, body: gast.expr) -> gast.Lambda:
    parameters = gast.arguments([gast.Name(parameter, gast.Param(), None, None)], [], None, [], [], None, [])
    return gast.Lambda(parameters, body)


# ---- loops ----


@dataclass(frozen=True)
class Run:
    """A run over positions or keys: what it binds, over what, and what the variables of the old target are."""

    target: gast.expr
    over: gast.expr
    values: dict[str, gast.expr]


def by_position(speller: Speller, target: gast.AST, node: gast.expr) -> Run | None:
    """How to run over what cannot be run over backwards: ``combinations(xs, 2)``, the values of a growing dict."""
    if not isinstance(node, gast.Call):
        return None
    runs = (_over_choices, _over_view, _over_columns, _over_elements)
    return next((found for run in runs if (found := run(speller, target, node)) is not None), None)


def loop_by_position(speller: Speller, loop: gast.For) -> list[gast.stmt] | None:
    """``for a, b in combinations(xs, 2)`` as a loop over positions that begins with ``a = xs[i]``, ``b = xs[j]``."""
    run = by_position(speller, loop.target, loop.iter)
    if run is None:
        return None
    taken = [assign(variable, value) for variable, value in run.values.items()]
    over, before = run.over, []
    if isinstance(over, gast.Call) and isinstance(over.func, gast.Name) and over.func.id == "list":
        # The dict may change in the loop, or after it.
        keys = speller.names.fresh("keys")
        before, over = [assign(keys, over)], name(keys)
    return [*before, gast.For(run.target, over, [*taken, *loop.body], [], None)]


def comprehension_by_position(speller: Speller, node: Any) -> gast.expr | None:
    """The same for a comprehension, whose variables are replaced."""
    for position, generator in enumerate(node.generators):
        run = by_position(speller, generator.target, generator.iter)
        made = copy_tree(node)
        source = run_through(speller, generator.iter)
        if source is not None:
            made.generators[position].iter = copy_tree(source)
            return made
        if run is None:
            continue
        later = [substitute(test, run.values) for test in generator.ifs]
        made.generators[position] = gast.comprehension(run.target, run.over, later, 0)
        for rest in made.generators[position + 1 :]:
            rest.iter = substitute(rest.iter, run.values)
            rest.ifs = substitute(rest.ifs, run.values)
        if isinstance(made, gast.DictComp):
            made.key, made.value = substitute(made.key, run.values), substitute(made.value, run.values)
        else:
            made.elt = substitute(made.elt, run.values)
        return made
    return None


def _over_choices(speller: Speller, target: gast.AST, node: gast.Call) -> Run | None:
    """``a, b`` in ``combinations(xs, 2)``: ``xs[i], xs[j]`` for the positions."""
    function = speller.target_of(node)
    if function in _CHOOSING and len(node.args) == 2 and not node.keywords:
        source, count = node.args
        if not isinstance(count, gast.Constant) or not isinstance(count.value, int):
            return None
        sources = [source] * count.value
        arguments = [_positions(source), count]
    elif function is itertools.product and not node.keywords:
        sources = list(node.args)
        arguments = [_positions(source) for source in sources]
    else:
        return None
    if not sources or not all(_is_sequence(speller, source) for source in sources):
        return None
    indices = [speller.names.fresh("index") for _ in sources]
    items = [subscript(copy_tree(source), name(index)) for source, index in zip(sources, indices, strict=True)]
    header = gast.Tuple([_stored(index) for index in indices], gast.Store())
    values = _values(target, gast.Tuple(items, gast.Load()))
    return None if values is None else Run(header, gast.Call(node.func, arguments, []), values)


def _over_columns(speller: Speller, target: gast.AST, node: gast.Call) -> Run | None:
    """``column`` in ``zip(*rows)``: ``tuple([row[j] for row in rows])``."""
    match node:
        case gast.Call(args=[gast.Starred(value=rows)], keywords=[]) if speller.target_of(node) is zip:
            pass
        case _:
            return None
    if not _is_sequence(speller, rows):
        return None
    index = speller.names.fresh("index")
    if isinstance(target, gast.Tuple):
        parts = [subscript(subscript(copy_tree(rows), place), name(index)) for place in range(len(target.elts))]
        values = _values(target, gast.Tuple(list(parts), gast.Load()))
    else:
        row = speller.names.fresh("row")
        each = [gast.comprehension(_stored(row), copy_tree(rows), [], 0)]
        column = call("tuple", gast.ListComp(subscript(name(row), name(index)), each))
        values = _values(target, column)
    if values is None:
        return None
    return Run(_stored(index), call("range", call("min", call("map", name("len"), copy_tree(rows)))), values)


def _over_elements(speller: Speller, target: gast.AST, node: gast.Call) -> Run | None:
    """``index, value`` in ``np.ndenumerate(A)``: ``A[index]`` for the indices of A."""
    match node, target:
        case gast.Call(args=[gast.Name() as source], keywords=[]), gast.Tuple(elts=[index, gast.Name(id=value)]):
            kind = speller.kinds.of.get(source)
        case _:
            return None
    if speller.target_of(node) is not np.ndenumerate or not isinstance(kind, Array) or kind.ndim is None:
        return None
    parts = index.elts if isinstance(index, gast.Tuple) else [index]
    names = [part.id for part in parts if isinstance(part, gast.Name)]
    if len(names) < len(parts) or {source.id} & {value, *names}:
        return None
    place = tuple_of(*map(name, names)) if isinstance(index, gast.Tuple) else name(names[0])
    over = call("np.ndindex", gast.Attribute(copy_tree(source), "shape", gast.Load()))
    return Run(copy_tree(index), over, {value: subscript(copy_tree(source), place)})


def _positions(source: gast.expr) -> gast.expr:
    return call("range", call("len", copy_tree(source)))


def _values(target: gast.AST, item: gast.expr) -> dict[str, gast.expr] | None:
    """The variables of a target with the parts of an item."""
    match target:
        case gast.Name(id=identifier):
            return {identifier: item}
        case gast.Tuple(elts=elements) if isinstance(item, gast.Tuple) and len(item.elts) == len(elements):
            found: dict[str, gast.expr] = {}
            for element, part in zip(elements, item.elts, strict=True):
                inner = _values(element, part)
                if inner is None:
                    return None
                found.update(inner)
            return found
    return None


def _over_view(speller: Speller, target: gast.AST, node: gast.Call) -> Run | None:
    """``k, v`` in ``table.items()`` by the keys, where these are not known before the run."""
    counted: gast.expr | None = None
    if speller.target_of(node) is enumerate and len(node.args) == 1 and isinstance(node.args[0], gast.Call):
        if not isinstance(target, gast.Tuple) or len(target.elts) != 2:
            return None
        counted, target, node = target.elts[0], target.elts[1], node.args[0]
    function = speller.target_of(node)
    if function not in (dict.items, dict.values) or not isinstance(node.func, gast.Attribute):
        return None
    table = node.func.value
    kind = speller.kinds.of.get(table)
    if not isinstance(kind, DictOf) or not is_path(table, speller.kinds):
        return None
    if kind.entries is not None and kind.exact and counted is None:
        return None
    key = speller.names.fresh("key")
    value = subscript(copy_tree(table), name(key))
    item = value if function is dict.values else gast.Tuple([name(key), value], gast.Load())
    values = _values(target, item)
    if values is None:
        return None
    header: gast.expr = _stored(key)
    over = call("list", copy_tree(table))
    if counted is not None:
        return Run(gast.Tuple([counted, header], gast.Store()), call("enumerate", over), values)
    return Run(header, over, values)


def run_through(speller: Speller, node: gast.expr) -> gast.expr | None:
    """What an object of the user's class, or ``iter(xs)``, gives to whoever runs through it once."""
    if has_method(speller.kinds.of.get(node), "__iter__"):
        return method(node, "__iter__")
    if isinstance(node, gast.Call) and speller.target_of(node) is iter and len(node.args) == 1:
        kind = speller.kinds.of.get(node.args[0])
        if isinstance(kind, TupleOf | SequenceOf | Array | DictOf) or has_method(kind, "__iter__"):
            return node.args[0]
    return None


def view_display(speller: Speller, node: gast.Call) -> gast.expr | None:
    """``table.values()`` as ``(table["a"], table["b"])``, where the keys are known."""
    if not isinstance(node.func, gast.Attribute):
        return None
    table = node.func.value
    keys = speller.keys_of(table)
    if keys is None:
        return None
    values = [subscript(copy_tree(table), constant(key)) for key in keys]
    if speller.target_of(node) is dict.values:
        return gast.Tuple(list(values), gast.Load())
    pairs = [gast.Tuple([constant(key), value], gast.Load()) for key, value in zip(keys, values, strict=True)]
    return gast.Tuple(list(pairs), gast.Load())


def with_run_through(speller: Speller, node: gast.Call) -> gast.expr | None:
    """A call that runs through its arguments, with these as sequences."""
    arguments = [run_through(speller, argument) or argument for argument in node.args]
    if all(one is other for one, other in zip(arguments, node.args, strict=True)):
        return None
    return gast.Call(node.func, arguments, node.keywords)


def values_by_key(speller: Speller, node: gast.Call) -> gast.expr | None:
    """``list(table.values())`` as ``[table[key] for key in table]``, where the keys are not known before the run."""
    if len(node.args) != 1 or not isinstance(node.args[0], gast.Call):
        return None
    view = node.args[0]
    if speller.target_of(view) is not dict.values or not isinstance(view.func, gast.Attribute):
        return None
    table = view.func.value
    kind = speller.kinds.of.get(table)
    if not isinstance(kind, DictOf) or (kind.entries is not None and kind.exact) or not is_path(table, speller.kinds):
        return None
    key = speller.names.fresh("key")
    item = subscript(copy_tree(table), name(key))
    over = gast.comprehension(_stored(key), copy_tree(table), [], 0)
    return gast.Call(node.func, [gast.GeneratorExp(item, [over])], node.keywords)


def accumulated(speller: Speller, target: gast.Name, node: gast.Call) -> list[gast.stmt] | None:
    """``sums = accumulate(xs, f)`` as a loop that appends to a list."""
    if not 1 <= len(node.args) <= 2 or node.keywords or not _is_sequence(speller, node.args[0]):
        return None
    source = node.args[0]
    item, total = speller.names.fresh("item"), speller.names.fresh("total")
    if len(node.args) == 2:
        step = speller.applied(node.args[1], [name(total), name(item)])
    else:
        step = gast.BinOp(name(total), gast.Add(), name(item))
    if step is None:
        return None
    rest = gast.Subscript(copy_tree(source), gast.Slice(constant(1), None, None), gast.Load())
    body = [assign(total, step), gast.Expr(method(target.id, "append", name(total)))]
    return [
        assign(total, subscript(copy_tree(source), 0)),
        gast.Assign([target], gast.List([name(total)], gast.Load()), None),
        gast.For(_stored(item), rest, body, [], None),
    ]


def _is_sequence(speller: Speller, node: gast.expr) -> bool:
    kind: Any = speller.kinds.of.get(node)
    is_known = isinstance(kind, TupleOf) or (isinstance(kind, SequenceOf) and kind.cls in (list, tuple))
    is_array = isinstance(kind, Array) and kind.dims != ()
    return (is_known or is_array) and is_path(node, speller.kinds) and not isinstance(kind, Scalar)


def _stored(identifier: str) -> gast.Name:
    return gast.Name(identifier, gast.Store(), None, None)


# What is spelled out as another expression, whether it varies or not.
GETTERS: dict[Any, Callable[[Any, gast.Call], gast.expr | None]] = {
    operator.itemgetter: item_getter,
    operator.attrgetter: attribute_getter,
    operator.methodcaller: method_caller,
}

ITERATIONS: dict[Any, Callable[[Any, gast.Call], gast.expr | None]] = {
    itertools.chain: chained,
    itertools.pairwise: neighbours,
    itertools.islice: sliced,
    itertools.repeat: repeated,
    itertools.starmap: star_mapped,
}
