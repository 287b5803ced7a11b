"""Generated trees as text, as running code, and as modules that stand alone."""

from __future__ import annotations

from srcgrad.emit.export import exported_text
from srcgrad.emit.load import load_module
from srcgrad.emit.module import module_text

__all__ = ["exported_text", "load_module", "module_text"]
