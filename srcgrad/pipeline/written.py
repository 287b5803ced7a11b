"""Functions of one expression, written as text and read like a user's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import FunctionType
from typing import Any

from srcgrad.emit.load import load_module


def written_function(
    called: str, parameters: Sequence[str], body: str, names: Mapping[str, Any], defaults: FunctionType | None = None
) -> FunctionType:
    """``def called(parameters): body``, with source; it sees ``names``, and has the defaults of another function.

    >>> written_function("twice", ["x"], "return 2.0 * x", {})(4.0)
    8.0
    """
    called = called.replace("<lambda>", "anonymous").strip("<>")
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    module = load_module(f"def {called}({', '.join(parameters)}):\n{lines}", names, called)
    made: FunctionType = module[called]
    if defaults is not None:
        made.__defaults__, made.__kwdefaults__ = defaults.__defaults__, defaults.__kwdefaults__
    return made
