"""Where the reverse sweep starts: the adjoint of what a function returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import gast

from srcgrad.differentiate.cotangent import Cotangent
from srcgrad.differentiate.expressions import Expressions
from srcgrad.differentiate.steps import Simple
from srcgrad.errors import ArgumentTypeError
from srcgrad.kind import Array, Constant, Kind, Number, Opaque, Scalar, Text, TupleOf, Unreachable
from srcgrad.syntax.build import call, expression_statement, name
from srcgrad.syntax.names import Names
from srcgrad.syntax.printer import print_tree

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import Kinds

# One real number; one complex number; the sum of all numbers of the result; whatever cotangent the caller gives.
Seed = Literal["scalar", "holomorphic", "sum", "any"]

_ADVICE = "return one number, or use elementwise_grad (gradient of the sum), vjp (a cotangent of your own) or jacobian"


@dataclass
class Outcome:
    """The expression that is differentiated, the one returned beside it, and the name of the given cotangent."""

    differentiated: gast.expr
    aux: gast.expr | None
    kind: Kind
    seed: Seed
    bar: str = "result_bar"

    @property
    def value(self) -> gast.expr:
        """What the function computes, without what it returns on the side."""
        return self.differentiated

    def step(self, returned: gast.Return, expressions: Expressions, varied: frozenset[str], names: Names) -> Simple:
        """The step of the ``return``: the seed goes down the returned expression."""
        expressions.begin(varied)
        expressions.spares_memory = expressions.adjoints.shadows.memory.result
        if self.seed == "any":
            self.bar = names.fresh(self.bar)
            expressions.adjoints.known[self.bar] = self.kind
            start = Cotangent(name(self.bar), self.kind)
        elif self.seed in ("scalar", "holomorphic") and isinstance(self.kind, Array | Number):
            expressions.statements.append(expression_statement(call("one_number", self.differentiated)))
            ones = call("np.ones_like", self.differentiated)
            start = Cotangent(ones, self.kind)
        else:
            start = Cotangent(gast.Constant(1.0, None), Scalar("float64", True))
        if expressions.depends(self.differentiated):
            expressions.push(self.differentiated, start)
            expressions.flush()
        text = print_tree(gast.Return(self.differentiated), wrap=False).strip()
        return Simple([], expressions.adjoints.fetched(expressions.statements), comment=text, origin=returned)


def seeded(value: gast.expr, seed: Seed, has_aux: bool, kinds: Kinds, returned: gast.Return) -> Outcome:
    """The outcome of a function; raises ArgumentTypeError where its kind does not fit the seed."""
    aux = None
    if has_aux:
        if not isinstance(value, gast.Tuple) or len(value.elts) != 2:
            raise ArgumentTypeError(
                "with has_aux=True the function returns a pair: the number to differentiate, and anything else",
                node=returned,
                advice="end it with 'return value, aux'",
            )
        value, aux = value.elts
    kind = kinds.of.get(value) or kinds.evaluate(value)
    if seed != "any":
        _check(kind, seed, returned)
    return Outcome(value, aux, kind, seed)


def _check(kind: Kind, seed: Seed, returned: gast.Return) -> None:
    match kind:
        case Scalar(dtype=dtype) | Array(dtype=dtype) | Number(dtype=dtype):
            if seed == "holomorphic" and not dtype.startswith("complex"):
                raise ArgumentTypeError(
                    "the result is real; with holomorphic=True a complex number is wanted",
                    node=returned,
                    advice="leave holomorphic=True out",
                )
            if dtype.startswith("complex") and seed != "holomorphic":
                raise ArgumentTypeError(
                    "the result is complex; grad wants one real number",
                    node=returned,
                    advice="return its real part, its modulus, or another real number; for a function that is complex "
                    "differentiable pass holomorphic=True",
                )
            if dtype.startswith(("int", "uint", "bool")):
                described = "a truth value" if dtype == "bool" else "an integer"
                raise ArgumentTypeError(
                    f"the result is {described}, which does not vary with the arguments; grad wants one real number",
                    node=returned,
                    advice="return a float: float(...), or 1.0 instead of 1",
                )
            if isinstance(kind, Array) and seed in ("scalar", "holomorphic") and kind.dims is not None:
                known = [dim for dim in kind.dims if isinstance(dim, int) and dim != 1]
                if known:
                    message = f"the result is an array of {len(kind.dims)} dimensions, not one number"
                    raise ArgumentTypeError(message, node=returned, advice=_ADVICE)
        case Opaque() | Unreachable():
            return
        case TupleOf(elements=elements):
            raise ArgumentTypeError(
                f"the result is a tuple of {len(elements)} values, not one number",
                node=returned,
                advice="has_aux=True allows a pair of the number and anything else; else " + _ADVICE,
            )
        case Text() | Constant(value=str()):
            raise ArgumentTypeError("the result is a text, not one number", node=returned, advice=_ADVICE)
        case Constant(value=None):
            raise ArgumentTypeError("the function returns None, not one number", node=returned, advice=_ADVICE)
        case _:
            raise ArgumentTypeError("the result is not one number", node=returned, advice=_ADVICE)
