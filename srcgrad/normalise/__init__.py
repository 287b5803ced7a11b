"""Normal form: programs without early exits, nested unpacking and assignments inside expressions."""

from srcgrad.normalise.comprehensions import expand_comprehensions
from srcgrad.normalise.hoisting import hoist
from srcgrad.normalise.inlining import InlineBody, inline_calls
from srcgrad.normalise.normalise import normalise
from srcgrad.normalise.ternaries import expand_conditional

__all__ = ["InlineBody", "expand_comprehensions", "expand_conditional", "hoist", "inline_calls", "normalise"]
