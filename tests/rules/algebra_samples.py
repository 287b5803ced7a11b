"""Sample calls of products, linear algebra and Fourier transforms."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.rules.sampling import Sample, complex_, definite, real


def _products() -> list[Sample]:
    shapes = [((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 4)), ((5, 2, 3), (3, 4)), ((2, 3), (5, 3, 4))]
    shapes += [((5, 2, 3), (5, 3, 4)), ((2, 1, 2, 3), (3, 3, 2)), ((5, 2, 3), (3,)), ((3,), (5, 3, 2))]
    samples = []
    for function in (np.matmul, np.linalg.matmul):
        samples += [Sample(function, (real(*a), real(*b))) for a, b in shapes]
    dots = [shape for shape in shapes if len(shape[0]) + len(shape[1]) < 6] + [((2, 2, 3), (2, 3, 2))]
    samples += [Sample(np.dot, (real(*a), real(*b))) for a, b in dots]
    inners = [((3,), (3,)), ((2, 3), (4, 3)), ((2, 3), (3,)), ((3,), (2, 3)), ((2, 2, 3), (4, 3))]
    samples += [Sample(np.inner, (real(*a), real(*b))) for a, b in inners]
    for function in (np.dot, np.inner):
        samples += [Sample(function, arguments) for arguments in ((0.7, 0.3), (0.7, real(2, 3)), (real(2, 3), 0.7))]
    for function in (np.matmul, np.dot):
        samples += [Sample(function, (complex_(2, 3), complex_(3, 2))), Sample(function, (real(2, 3), complex_(3)))]
    for function in (np.outer, np.linalg.outer):
        samples += [Sample(function, (real(2), real(3))), Sample(function, (complex_(2), complex_(3)))]
    samples += [Sample(np.outer, (real(2, 2), real(3))), Sample(np.outer, (0.7, real(3)))]
    samples += [Sample(np.vdot, (real(3), real(3))), Sample(np.vdot, (complex_(2, 2), complex_(4)))]
    for function in (np.vecdot, np.linalg.vecdot):
        samples += [Sample(function, (real(2, 3), real(3))), Sample(function, (complex_(2, 3), complex_(2, 3)))]
        samples += [Sample(function, (real(3, 2), real(3, 2)), {"axis": 0})]
    samples += [Sample(np.matvec, (real(4, 2, 3), real(3))), Sample(np.matvec, (complex_(2, 3), complex_(4, 3)))]
    samples += [Sample(np.vecmat, (real(3), real(4, 3, 2))), Sample(np.vecmat, (complex_(4, 3), complex_(3, 2)))]
    for function in (np.tensordot, np.linalg.tensordot):
        samples += [Sample(function, (real(2, 3, 4), real(3, 4, 2)))]
        samples += [Sample(function, (real(2, 3, 4), real(4, 5, 3)), {"axes": ([1, 2], [2, 0])})]
        samples += [Sample(function, (real(2, 3, 4), real(4, 3, 2)), {"axes": ((2, 0), (0, -1))})]
        samples += [Sample(function, (real(2), real(3)), {"axes": 0})]
        samples += [Sample(function, (real(2, 3), real(3)), {"axes": 1})]
    for subscripts, operand_shapes in (
        ("ij->ji", [(2, 3)]),
        ("ii->i", [(3, 3)]),
        ("ii", [(3, 3)]),
        ("ijk->j", [(2, 3, 2)]),
        ("...i->...", [(2, 3)]),
        ("ij,jk->ik", [(2, 3), (3, 2)]),
        ("ij,jk", [(2, 3), (3, 2)]),
        ("i,j->ij", [(2,), (3,)]),
        ("ij,j->i", [(2, 3), (3,)]),
        ("ij,kj->", [(2, 3), (2, 3)]),
        ("...ij,...jk->...ik", [(4, 2, 3), (3, 2)]),
        ("iij,j->i", [(2, 2, 3), (3,)]),
        ("bi,ij,bj->b", [(4, 2), (2, 3), (4, 3)]),
        ("i,ij,jk,k->", [(2,), (2, 3), (3, 2), (2,)]),
        ("ij,ij->ij", [(2, 3), (2, 1)]),
        ("i,j->i", [(2,), (3,)]),
    ):
        samples += [Sample(np.einsum, (subscripts, *[real(*shape) for shape in operand_shapes]))]
    samples += [Sample(np.einsum, ("ij,jk->ik", complex_(2, 3), complex_(3, 2)))]
    for a, b in ((real(2, 3, 2), complex_(2, 3)), (complex_(2, 3, 2), real(2, 3))):
        samples += [Sample(np.matmul, (a, b)), Sample(np.dot, (a, b)), Sample(np.kron, (a, b))]
        samples += [Sample(np.einsum, ("ijk,kl->il", a, b)), Sample(np.tensordot, (a, b), {"axes": 1})]
        samples += [Sample(np.matvec, (a[:, 0, :1], b[0, :1])), Sample(np.vecmat, (a[0, 0], b))]
        samples += [Sample(np.vecdot, (a[0], b[0, :2])), Sample(np.inner, (a, b[:, :2]))]
        samples += [Sample(np.convolve, (a[0, 0], b[0])), Sample(np.concatenate, ([a[0], b.T],), {"axis": 1})]
        samples += [Sample(np.trapezoid, (a[0, 0], b[0, :2])), Sample(np.linalg.solve, (a[0, :2], b))]
    samples += [Sample(np.interp, (real(3), np.array([-2.0, 0.0, 2.0]), complex_(3)))]
    samples += [Sample(np.kron, (real(*a), real(*b))) for a, b in (((2,), (3,)), ((2, 3), (2, 2)), ((2, 2), (3,)))]
    samples += [Sample(np.cross, (real(3), real(3))), Sample(np.cross, (real(4, 3), real(3)))]
    samples += [Sample(np.cross, (real(3, 4), real(3, 4)), {"axis": 0})]
    samples += [Sample(np.cross, (real(3, 4), real(4, 3)), {"axisa": 0, "axisc": 0})]
    samples += [Sample(np.linalg.cross, (real(2, 3), real(3)))]
    for mode in ("full", "same", "valid"):
        for function in (np.convolve, np.correlate):
            samples += [
                Sample(function, (real(*a), real(*b)), {"mode": mode})
                for a, b in (((5,), (3,)), ((2,), (5,)), ((4,), (4,)))
            ]
        samples += [Sample(np.correlate, (complex_(5), complex_(2)), {"mode": mode})]
    samples += [Sample(np.polyval, (real(4), real(2, 3))), Sample(np.polyval, (real(3), 0.7))]
    samples += [Sample(np.vander, (real(3),)), Sample(np.vander, (real(3), 4), {"increasing": True})]
    return samples


def _linalg() -> list[Sample]:
    hermitian = definite(3) + 1j * np.array([[0, 0.3, 0.2], [-0.3, 0, 0.5], [-0.2, -0.5, 0]])
    samples = []
    for a in (definite(3) + 0.3 * real(3, 3), definite(2, 4) + 0.3 * real(4, 2, 2), definite(3) + complex_(3, 3)):
        samples += [Sample(function, (a,)) for function in (np.linalg.inv, np.linalg.det, np.linalg.slogdet)]
        samples += [Sample(np.linalg.matrix_power, (a / 4.0, n)) for n in (0, 1, 3, -2)]
        samples += [Sample(function, (a,)) for function in (np.linalg.eig, np.linalg.eigvals)]
    rotation = np.array([[0.5, -1.2, 0.1], [1.1, 0.4, 0.3], [0.2, -0.1, 0.9]])
    samples += [Sample(np.linalg.eig, (rotation,)), Sample(np.linalg.eigvals, (rotation,))]
    samples += [Sample(np.linalg.det, (np.array([[1.0, 2.0], [2.0, 4.0]]),))]
    samples += [Sample(np.linalg.solve, (definite(3), real(*shape))) for shape in ((3,), (3, 2))]
    samples += [Sample(np.linalg.solve, (definite(3, 4), real(*shape))) for shape in ((3,), (3, 2), (4, 3, 2))]
    samples += [Sample(np.linalg.solve, (hermitian, complex_(3)))]
    for a in (definite(3), definite(3, 2), hermitian):
        samples += [Sample(np.linalg.cholesky, (a,)), Sample(np.linalg.cholesky, (a,), {"upper": True})]
        samples += [Sample(np.linalg.eigvalsh, (a,), {"UPLO": triangle}) for triangle in ("L", "U")]
    samples += [
        Sample(np.linalg.eigh, (a,), {"UPLO": triangle})
        for a in (definite(3), definite(3, 2))
        for triangle in ("L", "U")
    ]
    for shape in ((3, 3), (4, 2), (2, 4), (2, 3, 2)):
        a = real(*shape)
        samples += [
            Sample(np.linalg.svd, (a,), {"full_matrices": False}),
            Sample(np.linalg.svd, (a,), {"compute_uv": False}),
        ]
        samples += [Sample(np.linalg.svdvals, (a,)), Sample(np.linalg.qr, (a,)), Sample(np.linalg.pinv, (a,))]
    samples += [Sample(np.linalg.svd, (real(3, 3),)), Sample(np.linalg.svdvals, (complex_(3, 2),))]
    samples += [Sample(np.linalg.pinv, (complex_(3, 2),))]
    samples += [Sample(np.linalg.lstsq, (real(4, 2), real(*shape))) for shape in ((4,), (4, 3))]
    samples += [Sample(np.linalg.lstsq, (real(2, 4), real(2)))]
    forms: list[dict[str, Any]] = [
        {},
        {"axis": 0},
        {"axis": -1, "keepdims": True},
        {"axis": (0, 1)},
        {"keepdims": True},
    ]
    forms += [{"ord": order} for order in ("fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf)]
    forms += [{"ord": order, "axis": 1} for order in (1, 2, 3, 2.5, 0.5, np.inf, -np.inf)]
    forms += [{"ord": order, "axis": (1, 0), "keepdims": True} for order in ("nuc", 1, np.inf)]
    samples += [Sample(np.linalg.norm, (real(2, 3),), form) for form in forms]
    samples += [Sample(np.linalg.norm, (complex_(2, 3),), form) for form in forms]
    samples += [Sample(np.linalg.norm, (real(4),), {"ord": order}) for order in (None, 1, 2, 3, np.inf)]
    samples += [Sample(np.linalg.norm, (real(2, 3, 2),))]
    samples += [
        Sample(np.linalg.vector_norm, (real(2, 3),), form) for form in ({}, {"axis": 1}, {"ord": 3}, {"ord": np.inf})
    ]
    samples += [Sample(np.linalg.vector_norm, (real(2, 3),), {"keepdims": True})]
    samples += [
        Sample(np.linalg.matrix_norm, (real(2, 3, 3),), form) for form in ({}, {"ord": "nuc"}, {"keepdims": True})
    ]
    samples += [Sample(np.linalg.multi_dot, ([real(2, 3), real(3, 4), real(4, 2), real(2, 3)],))]
    samples += [Sample(np.linalg.multi_dot, ([real(3), real(3, 4), real(4)],))]
    return samples


def _fft() -> list[Sample]:
    samples = []
    norms = (None, "ortho", "forward")
    for function in (np.fft.fft, np.fft.ifft):
        for a in (real(5), complex_(4), complex_(2, 3)):
            samples += [Sample(function, (a,), {"norm": norm}) for norm in norms]
        samples += [Sample(function, (complex_(5), n)) for n in (3, 7)] + [Sample(function, (real(3, 2),), {"axis": 0})]
    for function in (np.fft.rfft, np.fft.irfft, np.fft.hfft):
        for length in (4, 5):
            a = real(length) if function is np.fft.rfft else complex_(length)
            samples += [Sample(function, (a,), {"norm": norm}) for norm in norms]
            samples += [Sample(function, (a,), {"n": n}) for n in (3, 6, 11)]
        b = real(4, 2) if function is np.fft.rfft else complex_(4, 2)
        samples += [Sample(function, (b,), {"axis": 0})]
    for n in (None, 3, 6, 7):
        samples += [Sample(np.fft.ihfft, (real(5),), {"n": n, "norm": norm}) for norm in norms]
    samples += [
        Sample(np.fft.rfft2, (real(3, 4),)),
        Sample(np.fft.rfft2, (real(2, 3, 5),), {"s": (2, 4), "norm": "ortho"}),
    ]
    samples += [Sample(np.fft.rfft2, (real(4, 2, 3),), {"axes": (2, 0)})]
    for function in (np.fft.fft2, np.fft.ifft2, np.fft.fftn, np.fft.ifftn):
        samples += [Sample(function, (a,)) for a in (real(2, 3), complex_(2, 3, 2))]
        samples += [Sample(function, (complex_(3, 4),), {"s": (2, 5), "axes": (0, 1), "norm": "ortho"})]
    for function in (np.fft.fftshift, np.fft.ifftshift):
        samples += [Sample(function, (real(3, 4),)), Sample(function, (real(3, 5),), {"axes": 1})]
    return samples


ALGEBRA = [*_products(), *_linalg(), *_fft()]
