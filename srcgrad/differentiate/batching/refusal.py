"""What has no form for several tangents at once."""

from __future__ import annotations


class NotBatchedError(Exception):
    """A function cannot take several tangents at once; it is then called with one after the other."""
