"""Jacobians: all partial derivatives of all results, column by column, row by row, or whichever are fewer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from srcgrad.calling.argnums import Argnums, Choice
from srcgrad.calling.pullback import forward_and_pullback
from srcgrad.calling.pushforward import Prepared, Pushforward
from srcgrad.calling.specialising import Options
from srcgrad.calling.structures import leaves, size
from srcgrad.derived.naming import name_after
from srcgrad.derived.structures import basis, mapped
from srcgrad.errors import ArgumentTypeError, SrcgradError


class Jacobian:
    """The Jacobian of a function, as a function of the same arguments; made by `jacfwd`, `jacrev` and `jacobian`.

    Attributes
    ----------
    primal : callable
        The function that it is made from.
    source : str
        The generated text of the latest call.
    """

    noun = "Jacobian"
    suffix = "jacobian"

    def __init__(
        self, function: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False, holomorphic: bool = False
    ) -> None:
        if not callable(function):
            raise ArgumentTypeError(f"a function is wanted, not {function!r}", advice="write jacobian(f)")
        self.primal = function
        self._argnums = argnums
        self._has_aux = has_aux
        self._holomorphic = holomorphic
        self._source: str | None = None
        self._prepared: Prepared | None = None
        name_after(self, function, self.suffix)

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        """The Jacobian at these arguments."""
        raise NotImplementedError

    @property
    def source(self) -> str:
        """The generated text of the latest call."""
        if self._source is None:
            raise ArgumentTypeError("nothing is generated yet", advice="call it once")
        return self._source

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.primal, self._argnums, self._has_aux, self._holomorphic)

    def __repr__(self) -> str:
        return f"<{self.noun} of {getattr(self.primal, '__name__', self.primal)}>"

    def _columns(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """In forward mode: one column for each number of the arguments."""
        push = self._push(args, kwargs)
        self._source = push.specialisation.generated.text
        arguments = push.chosen()
        self._check_complex(arguments, None, by_rows=False)
        out: Any = None
        aux: Any = None
        blocks: list[list[Any]] = []
        for out, tangent, *rest in push.directions():
            aux = rest[0] if rest else None
            blocks.append([_block(*pair) for pair in zip(leaves(out), leaves(tangent), strict=True)])
        count = sum(size(argument) for argument in arguments)
        whole = [np.concatenate([block[k] for block in blocks], axis=-1)[..., :count] for k in range(len(blocks[0]))]
        return self._result(out, arguments, iter(whole), aux)

    def _push(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Pushforward:
        """The function with its tangents in several directions, at these arguments."""
        if self._prepared is None or not self._prepared.is_current():
            options = Options("value_and_tangents", "any", self._has_aux)
            self._prepared = Prepared(self.primal, lambda parameters: Choice(parameters, self._argnums), options)
        return self._prepared.at(args, kwargs)

    def _rows(self, args: Sequence[Any], kwargs: Mapping[str, Any], found: Any = None) -> Any:
        """In reverse mode: one row for each number of the result."""
        argnums = self._argnums
        result, pullback = found or forward_and_pullback(
            self.primal, tuple(args), dict(kwargs), argnums, self._has_aux, None
        )
        self._source = pullback.source
        out, aux = result if self._has_aux else (result, None)
        single = not isinstance(argnums, tuple | list)
        arguments: Any = None
        rows: list[list[Any]] = []
        if not self._holomorphic:
            self._check_complex(None, out, by_rows=True)
        for cotangent in basis(out):
            gradients = pullback(cotangent)
            arguments = (gradients,) if single else gradients
            rows.append([np.asarray(leaf) for leaf in leaves(arguments)])
        self._check_complex(arguments, out, by_rows=True)
        flat = np.stack([np.concatenate([np.ravel(leaf) for leaf in row]) for row in rows])
        start = 0
        whole = []
        for leaf in leaves(out):
            count = int(np.size(leaf))
            whole.append(flat[start : start + count].reshape(*np.shape(leaf), flat.shape[1]))
            start += count
        return self._result(out, arguments, iter(whole), aux)

    def _result(self, out: Any, arguments: tuple[Any, ...], whole: Iterator[Any], aux: Any) -> Any:
        """Blocks of shape ``out.shape + arg.shape``, in the structure of the result, then that of the arguments."""

        def split(leaf: Any) -> Any:
            block = next(whole)
            start = 0

            def part(argument: Any) -> Any:
                nonlocal start
                count = int(np.size(argument))
                piece = block[..., start : start + count].reshape(np.shape(leaf) + np.shape(argument))
                start += count
                return piece.copy() if piece.ndim else piece[()]

            parts = tuple(mapped(argument, part) for argument in arguments)
            return parts if isinstance(self._argnums, tuple | list) else parts[0]

        jacobian = mapped(out, split)
        return (jacobian, aux) if self._has_aux else jacobian

    def _check_complex(self, arguments: Any, out: Any, by_rows: bool) -> None:
        """Refuse what has no single convention: a row is a gradient, of a real result; a column is a tangent."""
        complex_argument = any(np.iscomplexobj(leaf) for leaf in leaves(arguments))
        complex_result = any(np.iscomplexobj(leaf) for leaf in leaves(out))
        if self._holomorphic:
            if not complex_argument:
                raise ArgumentTypeError(
                    "holomorphic=True is for complex arguments",
                    advice="pass complex numbers, or leave holomorphic=True out",
                )
            return
        if by_rows and complex_result:
            raise ArgumentTypeError(
                "rows of the Jacobian of a complex result have no single convention",
                advice="use jacfwd, or for a function that is complex differentiable pass holomorphic=True",
            )
        if not by_rows and complex_argument:
            raise ArgumentTypeError(
                "the Jacobian with respect to complex numbers has no single convention",
                advice="for a function that is complex differentiable pass holomorphic=True; else use jacrev",
            )


def _block(leaf: Any, slopes: Any) -> Any:
    """Columns of a Jacobian: the tangents of one leaf of the result, their directions behind the leaf's axes."""
    slopes = np.asarray(slopes)
    if slopes.dtype != np.result_type(leaf) and slopes.dtype.kind == np.result_type(leaf).kind:
        slopes = slopes.astype(np.result_type(leaf))
    missing = np.ndim(leaf) - (slopes.ndim - 1)
    slopes = slopes.reshape(slopes.shape[0], *[1] * missing, *slopes.shape[1:])
    return np.moveaxis(np.broadcast_to(slopes, (slopes.shape[0], *np.shape(leaf))), 0, -1)


class ForwardJacobian(Jacobian):
    """A Jacobian made column by column; made by `srcgrad.jacfwd`."""

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        """The Jacobian at these arguments."""
        return self._columns(args, kwargs)


class ReverseJacobian(Jacobian):
    """A Jacobian made row by row; made by `srcgrad.jacrev`."""

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        """The Jacobian at these arguments."""
        return self._rows(args, kwargs)


class AnyJacobian(Jacobian):
    """A Jacobian made from rows or columns, whichever are fewer; made by `srcgrad.jacobian`."""

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        """The Jacobian at these arguments."""
        try:
            push = self._push(args, kwargs)
        except SrcgradError:
            return self._rows(args, kwargs)
        try:
            found = forward_and_pullback(self.primal, args, kwargs, self._argnums, self._has_aux, None)
        except SrcgradError:
            return self._columns(args, kwargs)
        out = found[0][0] if self._has_aux else found[0]
        arguments = push.chosen()
        fewer_rows = size(out) < sum(size(argument) for argument in arguments)
        if not self._holomorphic:
            # A complex result has columns alone, complex arguments have rows alone.
            complex_result = any(np.iscomplexobj(leaf) for leaf in leaves(out))
            fewer_rows = not complex_result and (fewer_rows or any(np.iscomplexobj(leaf) for leaf in leaves(arguments)))
        if fewer_rows:
            return self._rows(args, kwargs, found)
        return self._columns(args, kwargs)
