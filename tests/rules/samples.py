"""Sample calls of every function with a rule: (function, arguments, options)."""

from __future__ import annotations

from tests.rules.algebra_samples import ALGEBRA
from tests.rules.array_samples import ARRAY
from tests.rules.elementwise_samples import ELEMENTWISE
from tests.rules.reduction_samples import REDUCTION
from tests.rules.sampling import Sample
from tests.rules.scipy_samples import SCIPY_SAMPLES

SAMPLES: list[Sample] = [*ELEMENTWISE, *REDUCTION, *ARRAY, *ALGEBRA, *SCIPY_SAMPLES]
