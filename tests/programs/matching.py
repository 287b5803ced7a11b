"""``match`` statements."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.programs.program import array, drawn, number, program


@program(array(3), 2)
def match_int(x, n):
    match n:
        case 0:
            return x[0]
        case 1 | 2:
            y = x[1] * x[2]
        case _:
            y = x[0]**2
    return y * x[0]


@program(array(3))
def match_loop(x):
    total = 0.0
    for op in ["add", "mul", "other", "add", "stop", "add"]:
        match op:
            case "add":
                total += x[0]
            case "mul":
                total *= x[1]
            case "stop":
                break
            case other:
                total -= x[2] * len(other)
                continue
        total *= 1.1
    return total


@program(array(3))
def match_tuple(x):
    total = 0.0
    for item in [("scale", 2.0), ("shift", 1.0), ("pair", 1.0, 2.0)]:
        match item:
            case ("scale", k):
                total += k * x[0]
            case ("shift", k) if k > 5.0:
                total += 1.0
            case ("shift", k):
                total = total * k + x[1]
            case (_, *rest):
                total += sum(rest) * x[2]
    return total


@dataclass
class Bowl:
    a: float
    w: np.ndarray
    name: str = "p"


def bowl(rng):
    return Bowl(float(rng.uniform(0.5, 1.5)), rng.uniform(0.5, 1.5, 3))


@program(drawn(bowl), complex_step=False, autograd=False, jax=False)
def match_class(p):
    match p:
        case Bowl(a=a, w=w):
            return a * np.sum(w * w)
    return 0.0


@program(drawn(bowl), complex_step=False, autograd=False, jax=False)
def match_class_positional(p):
    match p:
        case Bowl(a, w) if a > 10.0:
            return a
        case Bowl(a, w, name="p"):
            return a * np.sum(w * w)


@program(number())
def match_guard(x):
    match x:
        case v if v > 1.0:
            return v * v
        case v:
            return v**3


@program(array(3))
def match_dict(x):
    total = 0.0
    for cfg in [{"kind": "poly", "n": 2}, {"kind": "exp", "rate": 0.5}, {"kind": "linear", "n": 3}]:
        match cfg:
            case {"kind": "poly", "n": n}:
                total += x[0]**n
            case {"kind": "exp", "rate": rate}:
                total += np.exp(x[1] * rate)
            case {"n": n}:
                total += x[2] * n
    return total


@program(array(2))
def match_pair(x):
    i = 1
    match (i, x[0]):
        case (0, v):
            return v
        case (1, v) if v > 0.0:
            return v * x[1]
        case _:
            return x[1]


@program(array(2))
def match_none(x):
    best = None
    for v in x:
        match best:
            case None:
                best = v
            case b if v > b:
                best = v * b
    return best * x[0]


class Circle:
    def __init__(self, r):
        self.r = r


class Square:
    def __init__(self, s):
        self.s = s


def area(shape):
    match shape:
        case Circle(r=r):
            return np.pi * r**2
        case Square(s=s):
            return s * s
        case _:
            raise ValueError("unknown")


@program(array(2))
def match_shapes(x):
    return area(Circle(x[0])) * area(Square(x[1]))


@program(array(2))
def match_inner(x):
    def f(cmd, v):
        match cmd:
            case ("up", k):
                return v * k
            case "down":
                return v / 2.0
        return v
    return f(("up", 3.0), x[0]) + f("down", x[1]) + f("zz", x[0])


def evaluate(e, x):
    match e:
        case ("add", a, b):
            return evaluate(a, x) + evaluate(b, x)
        case ("mul", a, b):
            return evaluate(a, x) * evaluate(b, x)
        case "x":
            return x
        case float() | int():
            return e


@program(number(), complex_step=False, autograd=False, jax=False)
def match_tree(x):
    return evaluate(("add", ("mul", "x", "x"), ("mul", 2.0, "x")), x)
