"""Sample calls of the functions of SciPy that have a rule."""

from __future__ import annotations

import numpy as np
import scipy.fft as fft
import scipy.integrate as integrate
import scipy.linalg as linalg
import scipy.special as special

from tests.rules.sampling import Sample, complex_, definite, positive, real


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
    for function in (special.sindg, special.cosdg, special.tandg):
        samples += [Sample(function, (20.0 * real(3),))]
    samples += [Sample(special.spence, (positive(3),)), Sample(special.wofz, (real(3),))]
    samples += [Sample(special.zeta, (np.array([2.5, 3.0]), positive(2)))]
    samples += [Sample(special.inv_boxcox1p, (positive(3), power)) for power in (0, 1, 2)]
    samples += [Sample(function, (2, positive(3))) for function in (special.yn, special.ive, special.kve, special.jve)]
    samples += [Sample(special.ive, (1, real(4))), Sample(special.stdtr, (3, real(4)))]
    samples += [Sample(special.chdtr, (3, positive(3))), Sample(special.pdtr, (2, positive(3)))]
    samples += [Sample(special.gammaincinv, (2, real(3, low=0.1, high=0.9)))]
    samples += [Sample(special.betaincinv, (2, 3, real(3, low=0.1, high=0.9)))]
    samples += [Sample(special.owens_t, (real(3), real(3)))]
    samples += [Sample(function, (real(3), 0.3)) for function in (special.ellipkinc, special.ellipeinc)]
    for degree in (0, 1, 4):
        polynomials = (special.eval_legendre, special.eval_chebyt, special.eval_chebyu, special.eval_hermite)
        samples += [Sample(function, (degree, 0.6 * real(3))) for function in polynomials]
        samples += [Sample(special.eval_jacobi, (degree, np.full(3, 0.5), np.full(3, 1.5), 0.6 * real(3)))]
        samples += [Sample(special.eval_gegenbauer, (degree, np.full(3, 0.5), 0.6 * real(3)))]
    for axis in (None, 0, -1, (0, 1)):
        samples += [
            Sample(special.logsumexp, (real(2, 3),), {"axis": axis, "keepdims": keep}) for keep in (True, False)
        ]
        samples += [
            Sample(function, (real(2, 3),), {"axis": axis}) for function in (special.softmax, special.log_softmax)
        ]
    return samples


def _linalg() -> list[Sample]:
    samples = []
    hermitian = definite(3) + 1j * np.array([[0, 0.3, 0.2], [-0.3, 0, 0.5], [-0.2, -0.5, 0]])
    for a in (definite(3) + 0.3 * real(3, 3), definite(3) + complex_(3, 3)):
        samples += [Sample(function, (a,)) for function in (linalg.inv, linalg.det, linalg.pinv, linalg.norm)]
        samples += [Sample(linalg.expm, (a / 5.0,)), Sample(linalg.norm, (a,), {"ord": 1})]
        for b in (real(3), real(3, 2)):
            samples += [Sample(linalg.solve, (a, b))]
            for trans in (0, 1, 2, "N", "T", "C"):
                samples += [Sample(linalg.solve_triangular, (a, b), {"trans": trans, "lower": True})]
            samples += [Sample(linalg.solve_triangular, (a, b)), Sample(linalg.solve_triangular, (a, b), {"trans": 1})]
            samples += [Sample(linalg.solve_triangular, (a, b), {"unit_diagonal": True, "lower": True})]
    samples += [Sample(linalg.inv, (definite(2, 3),)), Sample(linalg.det, (definite(2, 3),))]
    for a in (definite(3), hermitian):
        for lower in (False, True):
            samples += [Sample(function, (a, lower)) for function in (linalg.cholesky, linalg.cho_factor)]
            samples += [Sample(linalg.eigh, (a,), {"lower": lower, "eigvals_only": True})]
            factor = linalg.cholesky(a, lower)
            samples += [Sample(linalg.cho_solve, ((factor, lower), b)) for b in (real(3), real(3, 2))]
    samples += [Sample(linalg.svdvals, (real(3, 2),))]
    return samples


def _others() -> list[Sample]:
    samples = []
    for function in (fft.fft, fft.ifft, fft.fftn, fft.ifftn, fft.fft2, fft.ifft2):
        samples += [Sample(function, (complex_(3, 4),)), Sample(function, (real(3, 4),), {"norm": "ortho"})]
    samples += [
        Sample(fft.rfft, (real(5),)),
        Sample(fft.irfft, (complex_(4),), {"n": 5}),
        Sample(fft.hfft, (complex_(4),)),
    ]
    samples += [Sample(integrate.trapezoid, (real(4), np.sort(real(4))))]
    return samples


SCIPY_SAMPLES = [*_special(), *_linalg(), *_others()]
