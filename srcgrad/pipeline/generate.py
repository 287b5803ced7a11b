"""The pipeline: read, normalise, analyse, differentiate, optimise, emit."""

from __future__ import annotations

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
    module = Module(request)
    source = module.program.source(request.function)
    with located(source.filename, source.lines):
        module.add_main()
        generated = module.emitted()
    return [*((called, print_tree(tree)) for called, tree in module.stages), ("emit", generated.text)]
