"""The pipeline: read, normalise, analyse, differentiate, optimise, emit."""

from __future__ import annotations

from typing import Any

from srcgrad.errors import located
from srcgrad.pipeline.module import Module
from srcgrad.pipeline.requests import Generated, Request
from srcgrad.syntax.printer import print_tree


def generate(request: Request) -> Generated:
    """The derivative that a request asks for, as the text of a module and the functions in it."""
    module = Module(request)
    source = module.program.source(request.function)
    with located(source.filename, source.lines):
        module.add_main()
        return module.emitted()


def stages(request: Request) -> list[tuple[str, str]]:
    """The text of each function after each pass and each round of expansion, for those who debug srcgrad."""
    return stages_with_names(request)[0]


def stages_with_names(request: Request) -> tuple[list[tuple[str, str]], dict[str, Any]]:
    """The same, and what the names stand for that the stages use beside those of the function itself."""
    module = Module(request)
    source = module.program.source(request.function)
    with located(source.filename, source.lines):
        module.add_main()
        generated = module.emitted()
    texts = [(called, print_tree(tree)) for called, tree in module.stages]
    return [*texts, ("emit", generated.text)], module.program.given_names(request.function)
