"""Sample calls of the functions of SciPy that have a rule."""

from __future__ import annotations

import numpy as np
import scipy.special as special

from tests.rules.samples import Sample, positive, real


def _special() -> list[Sample]:
    anywhere = [special.erf, special.erfc, special.erfcx, special.erfi, special.dawsn, special.ndtr, special.log_ndtr]
    anywhere += [special.expit, special.log_expit, special.exp2, special.exp10, special.expm1, special.cosm1]
    anywhere += [special.cbrt, special.sici, special.shichi, special.fresnel, special.j0, special.j1, special.i0]
    anywhere += [special.i1, special.i0e, special.i1e]
    above_zero = [special.entr, special.gamma, special.rgamma, special.gammaln, special.loggamma, special.digamma]
    above_zero += [special.factorial, special.log1p, special.exp1, special.expi, special.y0, special.y1, special.k0]
    above_zero += [special.k1, special.lambertw]
    within_one = [special.erfinv, special.ellipk, special.ellipe]
    samples = [Sample(function, (value,)) for function in anywhere for value in (0.37, real(4))]
    samples += [Sample(function, (value,)) for function in above_zero for value in (0.37, positive(2, 3))]
    samples += [Sample(function, (value,)) for function in within_one for value in (0.37, 0.6 * real(4))]
    for function in (special.logit, special.ndtri, special.erfcinv):
        samples += [Sample(function, (0.37,)), Sample(function, (real(4, low=0.1, high=0.9),))]
    pairs = [special.xlogy, special.xlog1py, special.rel_entr, special.kl_div, special.pseudo_huber, special.huber]
    pairs += [special.poch, special.binom, special.beta, special.betaln]
    samples += [Sample(function, (positive(2, 3), positive(3))) for function in pairs]
    for function in (special.jv, special.yv, special.iv, special.kv):
        samples += [Sample(function, (2, positive(3))), Sample(function, (np.array([0, 1]), positive(3, 1)))]
    samples += [Sample(special.polygamma, (2, positive(3))), Sample(special.expn, (2, positive(3)))]
    samples += [Sample(special.gammainc, (2, positive(3))), Sample(special.gammaincc, (2, positive(3)))]
    samples += [
        Sample(special.betainc, (np.full(3, 2.0), np.full(3, 3.0), real(3, low=0.1, high=0.9))),
        Sample(special.hyp1f1, (1, 2, real(3))),
    ]
    samples += [Sample(special.hyp2f1, (1, 2, 3, 0.5 * real(3)))]
    for function in (special.boxcox, special.boxcox1p, special.inv_boxcox):
        samples += [Sample(function, (positive(3), power)) for power in (0, 1, 2)]
    for axis in (None, 0, -1, (0, 1)):
        samples += [
            Sample(special.logsumexp, (real(2, 3),), {"axis": axis, "keepdims": keep}) for keep in (True, False)
        ]
        samples += [
            Sample(function, (real(2, 3),), {"axis": axis}) for function in (special.softmax, special.log_softmax)
        ]
    return samples


SCIPY_SAMPLES = _special()
