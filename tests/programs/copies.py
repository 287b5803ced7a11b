"""Containers made of others: unions of dicts, dicts of fields, deep copies."""

from __future__ import annotations

import copy
import dataclasses
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from tests.programs.program import array, drawn, number, program


@dataclass(frozen=True)
class Schedule:
    rate: float
    decay: np.ndarray
    steps: int = 3
    name: str = "cosine"


class Range(NamedTuple):
    low: float
    high: np.ndarray


def schedule(rng):
    return Schedule(rng.uniform(0.5, 1.5), rng.uniform(0.5, 1.5, 3))


@program(drawn(lambda rng: {"a": rng.uniform(0.5, 1.5, 3), "b": 0.5}), array(3), tags="dict union")
def union_of_dicts(settings, x):
    merged = settings | {"c": x * x, "b": x[0]}
    return np.sum(merged["a"] * merged["c"]) * merged["b"] + settings["b"]


@program(drawn(lambda rng: {"a": rng.uniform(0.5, 1.5, 3)}), array(3), tags="dict union augmented")
def union_in_place(settings, x):
    settings = {"a": settings["a"] * 2.0}
    settings |= {"c": x * x}
    return np.sum(settings["a"] * settings["c"])


@program(drawn(schedule), tags="dataclass asdict", autograd=False)
def dict_of_fields(plan):
    fields = dataclasses.asdict(plan)
    fields["decay"][0] = fields["rate"] ** 2
    return np.sum(fields["decay"] ** fields["steps"]) * plan.decay[0]


@program(drawn(lambda rng: Range(rng.uniform(0.5, 1.5), rng.uniform(0.5, 1.5, 3))), tags="named tuple asdict")
def dict_of_named_tuple(bounds):
    fields = bounds._asdict()
    return np.sum(fields["high"] ** 2) * fields["low"]


@program(
    drawn(lambda rng: {"a": rng.uniform(0.5, 1.5, 3), "n": 2}), number(), tags="dict deepcopy write", autograd=False
)
def deep_copy_of_a_dict(settings, x):
    own = copy.deepcopy(settings)
    own["a"][0] = x * own["a"][1]
    return np.sum(own["a"] ** own["n"]) + settings["a"][0] ** 3


@program(drawn(schedule), tags="dataclass deepcopy write", autograd=False)
def deep_copy_of_an_object(plan):
    own = copy.deepcopy(plan)
    own.decay[1:] *= own.rate
    return np.sum(own.decay**2) * plan.decay[2]
