"""From callables to trees: the function behind a callable, its text, and where its free names come from."""

from srcgrad.read.callables import Resolved, resolve
from srcgrad.read.environment import Binding, lookup
from srcgrad.read.function import FunctionSource, read_function, signature_of

__all__ = ["Binding", "FunctionSource", "Resolved", "lookup", "read_function", "resolve", "signature_of"]
