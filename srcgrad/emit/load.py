"""Running generated modules so that tracebacks and debuggers show their lines."""

from __future__ import annotations

import itertools
import linecache
import weakref
from collections.abc import Mapping
from typing import Any

_numbers = itertools.count(1)


class _Lines:
    """Keeps a module's lines in ``linecache`` for as long as the module's namespace is alive."""

    def __init__(self, filename: str, text: str) -> None:
        # Entries without a modification time are left alone by linecache.checkcache().
        linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
        weakref.finalize(self, linecache.cache.pop, filename, None)


def load_module(text: str, namespace: Mapping[str, Any], filename: str) -> dict[str, Any]:
    """Run a module's text in a copy of ``namespace`` and return what it then holds.

    ``filename`` says what the text is, such as "relax_grad"; the code gets a pseudo file name made of it and of a
    number, and its text can be had from ``inspect`` and ``linecache`` until the last of its functions is gone.
    """
    pseudo = f"<srcgrad {filename} {next(_numbers)}>"
    code = compile(text, pseudo, "exec", dont_inherit=True)
    module: dict[str, Any] = {"__name__": f"srcgrad_generated.{filename}", **namespace}
    module["__srcgrad_lines__"] = _Lines(pseudo, text)
    exec(code, module)
    return module
