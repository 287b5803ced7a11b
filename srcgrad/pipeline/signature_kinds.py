"""The kinds of arguments as they tell one specialisation of a callee from another."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from srcgrad.kind import Array, DictOf, Instance, Iterator, Kind, Scalar, SequenceOf, TupleOf


def signature_kinds(kinds: Mapping[str, Kind], recursive: bool) -> dict[str, Kind]:
    """The kinds for which a callee is specialised: names of lengths are its own, and recursion forgets numbers."""
    symbols: dict[str, str] = {}

    def canonical(kind: Any) -> Any:
        if isinstance(kind, Scalar):
            kept = None if recursive and not isinstance(kind.value, bool) else kind.value
            return dataclasses.replace(kind, value=kept, symbol=None)
        if isinstance(kind, Array) and kind.dims is not None:
            dims = tuple(
                dim if isinstance(dim, int) else symbols.setdefault(dim, f"length[{len(symbols)}]") for dim in kind.dims
            )
            return dataclasses.replace(kind, dims=dims)
        if isinstance(kind, tuple):
            return tuple(canonical(item) for item in kind)
        if isinstance(kind, TupleOf | SequenceOf | DictOf | Instance | Iterator):
            fields = {field.name: getattr(kind, field.name) for field in dataclasses.fields(kind)}
            changed = {key: canonical(value) for key, value in fields.items() if isinstance(value, Kind | tuple)}
            if "sites" in fields:
                sites = sorted(fields["sites"])
                changed["sites"] = frozenset(symbols.setdefault(site, f"place {len(symbols)}") for site in sites)
            return dataclasses.replace(kind, **changed)
        return kind

    return {parameter: canonical(kind) for parameter, kind in kinds.items()}
