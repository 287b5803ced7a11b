"""Kinds of all values of a program: the abstract interpretation that specialises it."""

from srcgrad.analyse.kinds.facts import (
    Binding,
    CallFact,
    DerivativeCall,
    EnvironmentRead,
    Kinds,
    Program,
    Resolved,
    Surroundings,
    Target,
)
from srcgrad.analyse.kinds.infer import infer
from srcgrad.analyse.kinds.joins import join
from srcgrad.analyse.kinds.values import kind_of

__all__ = [
    "Binding",
    "CallFact",
    "DerivativeCall",
    "EnvironmentRead",
    "Kinds",
    "Program",
    "Resolved",
    "Surroundings",
    "Target",
    "infer",
    "join",
    "kind_of",
]
