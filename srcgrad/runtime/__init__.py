"""The few functions that generated code may call."""

from __future__ import annotations

from srcgrad.runtime.arrays import sum_to
from srcgrad.runtime.containers import like, zeros_like

__all__ = ["like", "sum_to", "zeros_like"]
