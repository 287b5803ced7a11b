"""Functions that say themselves how they are differentiated: rules of their own, memory for time."""

from __future__ import annotations

from srcgrad.custom.checkpointing import Checkpoint, checkpoint, checkpoint_of, checkpointed
from srcgrad.custom.implicit import IMPLICIT, fixed_point, root
from srcgrad.custom.makers import Maker, maker_of, register_maker
from srcgrad.custom.rules import CustomFunction, CustomJvp, CustomVjp, custom_jvp, custom_vjp

__all__ = [
    "IMPLICIT",
    "Checkpoint",
    "CustomFunction",
    "CustomJvp",
    "CustomVjp",
    "Maker",
    "checkpoint",
    "checkpoint_of",
    "checkpointed",
    "custom_jvp",
    "custom_vjp",
    "fixed_point",
    "maker_of",
    "register_maker",
    "root",
]
