"""The text of a generated module."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import gast

from srcgrad.emit.imports import import_block
from srcgrad.syntax.comments import comment, comment_text
from srcgrad.syntax.layout import wrapped_comment
from srcgrad.syntax.printer import print_tree

NUMPY_IMPORT = "import numpy as np"


def module_text(
    functions: Sequence[gast.FunctionDef],
    heading: str = "",
    imports: Iterable[str] = (NUMPY_IMPORT,),
    definitions: Sequence[str] = (),
) -> str:
    """A module: the heading as comment lines, the imports, other definitions given as text, the functions."""
    head = wrapped_comment(comment_text(comment(heading)), 0) if heading else []
    head += import_block(imports)
    blocks = [*definitions, print_tree(functions)]
    return "\n".join([*head, "", "\n"] if head else []) + "\n\n\n".join(block.rstrip("\n") for block in blocks) + "\n"
