"""Normal form: programs without early exits, nested unpacking and assignments inside expressions."""

from srcgrad.normalise.normalise import normalise

__all__ = ["normalise"]
