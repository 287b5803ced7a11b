"""Rules for the functions of ``operator``, and the phase of ``cmath``: those of NumPy functions that mean the same."""

from __future__ import annotations

import cmath
import operator

import numpy as np

from srcgrad.rules.registry import nondifferentiable, same_rules

same_rules(operator.add, np.add)
same_rules(operator.sub, np.subtract)
same_rules(operator.mul, np.multiply)
same_rules(operator.truediv, np.divide)
same_rules(operator.mod, np.remainder)
same_rules(operator.pow, np.power)
same_rules(operator.matmul, np.matmul)
same_rules(operator.neg, np.negative)
same_rules(operator.pos, np.positive)
same_rules(operator.abs, np.abs)
same_rules(cmath.phase, np.angle)

nondifferentiable(operator.floordiv, operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge)
nondifferentiable(operator.is_, operator.is_not, operator.not_, operator.truth, operator.contains)
