"""The parameters of a derivative that a differentiated program calls."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from srcgrad.errors import UnsupportedError

if TYPE_CHECKING:
    from srcgrad.calling.derivative import Derivative


def signature_for(derivative: Derivative) -> inspect.Signature:
    """The parameters of a derivative, which are those of its function."""
    if derivative._resolved.leading or derivative._resolved.keywords:
        raise UnsupportedError(
            "the derivative of a method or a partial is called inside a differentiated function",
            advice="take the derivative of a plain function that calls it",
        )
    return inspect.signature(derivative._function, follow_wrapped=False)
