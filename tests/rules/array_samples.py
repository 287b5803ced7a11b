"""Sample calls of what shapes, joins, splits and indexes arrays."""

from __future__ import annotations

import numpy as np

from tests.rules.sampling import Sample, complex_, real


def _shaping() -> list[Sample]:
    samples = [
        Sample(np.reshape, (real(2, 3), (3, 2))),
        Sample(np.reshape, (real(2, 3), -1), {"order": "F"}),
        Sample(np.squeeze, (real(1, 3, 1),)),
        Sample(np.squeeze, (real(1, 3, 1),), {"axis": 0}),
        Sample(np.expand_dims, (real(3), 0)),
        Sample(np.expand_dims, (real(3), (0, -1))),
        Sample(np.transpose, (real(2, 3),)),
        Sample(np.transpose, (real(2, 3), (1, 0))),
        Sample(np.transpose, (real(2, 3, 4), (2, 0, 1))),
        Sample(np.transpose, (real(2, 3, 4), (-1, 0, 1))),
        Sample(np.transpose, (real(2, 3, 2, 2), (3, 0, -2, 1))),
        Sample(np.transpose, (real(2, 1, 2, 2, 3), (3, 4, 0, 2, 1))),
        Sample(np.transpose, (real(2, 3, 4), (-1, 0, 1))),
        Sample(np.transpose, (real(3),)),
        Sample(np.matrix_transpose, (real(2, 3, 4),)),
        Sample(np.linalg.matrix_transpose, (real(2, 3, 4),)),
        Sample(np.swapaxes, (real(2, 3, 4), 0, -1)),
        Sample(np.moveaxis, (real(2, 3, 4), 0, -1)),
        Sample(np.moveaxis, (real(2, 3, 4), (0, 1), (-1, 0))),
        Sample(np.rollaxis, (real(2, 3, 4), 2)),
        Sample(np.rollaxis, (real(2, 3, 4), 0, 3)),
        Sample(np.broadcast_to, (real(3, 1), (2, 3, 4))),
        Sample(np.broadcast_to, (0.7, (2, 3))),
        Sample(np.broadcast_arrays, (real(3, 1), real(2))),
        Sample(np.flip, (real(2, 3),)),
        Sample(np.flip, (real(2, 3),), {"axis": 1}),
        Sample(np.fliplr, (real(2, 3),)),
        Sample(np.flipud, (real(2, 3),)),
        Sample(np.rot90, (real(2, 3),)),
        Sample(np.rot90, (real(2, 3, 4),), {"k": 3, "axes": (1, 2)}),
        Sample(np.roll, (real(2, 3), 2)),
        Sample(np.roll, (real(2, 3), 1), {"axis": 1}),
        Sample(np.roll, (real(2, 3), (1, -1)), {"axis": (0, 1)}),
        Sample(np.tile, (real(2, 3), 2)),
        Sample(np.tile, (real(3), (2, 3))),
        Sample(np.tile, (0.7, 3)),
        Sample(np.repeat, (real(2, 3), 2)),
        Sample(np.repeat, (real(2, 3), np.array([1, 0, 2])), {"axis": 1}),
        Sample(np.repeat, (0.7, 3)),
        Sample(np.resize, (real(3), (2, 4))),
        Sample(np.resize, (0.7, (3,))),
        Sample(np.pad, (real(2, 3), 1)),
        Sample(np.pad, (real(2, 3), ((1, 2), (0, 1))), {"constant_values": 3.0}),
        Sample(np.pad, (complex_(3), (1, 2))),
        Sample(np.diag, (real(3),)),
        Sample(np.diag, (real(3), 1)),
        Sample(np.diag, (real(3, 3),)),
        Sample(np.diag, (real(3, 4), 1)),
        Sample(np.diag, (real(3, 4), -1)),
        Sample(np.diagflat, (real(2, 2), 1)),
        Sample(np.diagonal, (real(3, 4), -1)),
        Sample(np.diagonal, (real(2, 3, 4),), {"offset": 1, "axis1": 2, "axis2": 0}),
        Sample(np.linalg.diagonal, (real(2, 3, 4),), {"offset": 1}),
        Sample(np.trace, (real(3, 3),)),
        Sample(np.trace, (real(3, 4),), {"offset": 1}),
        Sample(np.trace, (real(2, 3, 4),), {"offset": -1, "axis1": 1, "axis2": 2}),
        Sample(np.linalg.trace, (real(2, 3, 4),), {"offset": 1}),
        Sample(np.tril, (real(3, 4),)),
        Sample(np.tril, (real(3),)),
        Sample(np.triu, (real(2, 3, 4), 1)),
        Sample(np.triu, (real(3),)),
        Sample(np.ndarray.item, (real(1),)),
        Sample(np.ndarray.item, (real(2, 3), 1, 2)),
    ]
    for function in (np.ravel, np.ndarray.flatten):
        samples += [Sample(function, (real(2, 3),)), Sample(function, (real(2, 3),), {"order": "F"})]
    for function in (np.atleast_1d, np.atleast_2d, np.atleast_3d):
        samples += [Sample(function, (value,)) for value in (0.7, real(3), real(2, 3))]
    for mode in ("edge", "reflect", "symmetric", "wrap"):
        samples += [Sample(np.pad, (real(3, 4), ((1, 2), (0, 2))), {"mode": mode})]
    return samples


def _joining() -> list[Sample]:
    a, b, c = real(2, 3), real(1, 3), real(2, 2)
    samples = [
        Sample(np.concatenate, ([a, b],)),
        Sample(np.concatenate, ([a, c],), {"axis": -1}),
        Sample(np.concatenate, ([a, c],), {"axis": None}),
        Sample(np.concatenate, ([real(2), real(3), real(1)],)),
        Sample(np.stack, ([a, a + 1.0],)),
        Sample(np.stack, ([a, a + 1.0],), {"axis": -1}),
        Sample(np.hstack, ([a, c],)),
        Sample(np.hstack, ([real(2), 0.7],)),
        Sample(np.vstack, ([a, real(3)],)),
        Sample(np.vstack, ([0.7, real(1)],)),
        Sample(np.dstack, ([a, real(2, 3, 2)],)),
        Sample(np.dstack, ([real(3), real(3)],)),
        Sample(np.column_stack, ([real(2), a],)),
        Sample(np.block, ([[a, c], [real(1, 5)]],)),
        Sample(np.block, ([real(2), 0.7],)),
        Sample(np.append, (real(3), 0.7)),
        Sample(np.append, (a, b), {"axis": 0}),
        Sample(np.split, (real(4, 3), 2)),
        Sample(np.split, (real(2, 5), [1, 3]), {"axis": 1}),
        Sample(np.array_split, (real(5), 3)),
        Sample(np.hsplit, (real(2, 4), 2)),
        Sample(np.hsplit, (real(4), 2)),
        Sample(np.vsplit, (real(4, 2), 2)),
        Sample(np.dsplit, (real(1, 2, 4), 2)),
        Sample(np.unstack, (real(2, 3),), {"axis": 1}),
        Sample(np.meshgrid, (real(2), real(3))),
        Sample(np.meshgrid, (real(2), real(3), real(2)), {"indexing": "ij"}),
        Sample(np.meshgrid, (real(2), real(3), real(2)), {"sparse": True}),
        Sample(np.array, ([0.3, 0.4],)),
        Sample(np.array, ([[0.3, 0.4], [0.5, 0.6]],)),
        Sample(np.array, (real(2, 2),)),
        Sample(np.copy, (real(2, 2),)),
        Sample(np.astype, (real(3), np.float64)),
        Sample(np.astype, (real(3), complex)),
        Sample(np.ndarray.astype, (real(3), float)),
        Sample(np.ndarray.tolist, (real(2, 2),)),
        Sample(np.full, ((2, 3), 0.7)),
        Sample(np.full, ((2, 3), real(3))),
        Sample(np.full_like, (real(2, 3), 0.7)),
        Sample(np.arange, (0.31, 2.0, 0.4)),
        Sample(np.linspace, (0.3, 2.0, 5)),
        Sample(np.linspace, (0.3, 2.0, 5), {"endpoint": False}),
        Sample(np.linspace, (real(2), real(2), 4)),
        Sample(np.linspace, (0.3, real(2), 4)),
        Sample(np.logspace, (0.3, 1.0, 5)),
        Sample(np.geomspace, (0.3, 2.0, 5)),
    ]
    for function in (np.asarray, np.asanyarray, np.asarray_chkfinite, np.ascontiguousarray, np.asfortranarray):
        samples += [Sample(function, (real(2, 3),)), Sample(function, (0.7,))]
    return samples


def _indexing() -> list[Sample]:
    return [
        Sample(np.take, (real(5), np.array([0, 3, 3, -1]))),
        Sample(np.take, (real(2, 3), np.array([[0, 2], [2, 1]])), {"axis": 1}),
        Sample(np.take, (complex_(3), 1)),
        Sample(np.take, (real(3), np.array([5, -7])), {"mode": "wrap"}),
        Sample(np.take_along_axis, (real(2, 3), np.array([[0, 0], [2, 1]])), {"axis": 1}),
        Sample(np.compress, (np.array([True, False, True]), real(2, 3)), {"axis": 1}),
        Sample(np.extract, (np.array([[True, False], [False, True]]), real(2, 2))),
        Sample(np.delete, (real(2, 4), [0, 2]), {"axis": 1}),
        Sample(np.trim_zeros, (np.array([0.4, 0.0, 0.5, 0.7]),)),
        Sample(np.insert, (real(4), 2, 0.7)),
        Sample(np.insert, (real(4), [1, 3], real(2))),
        Sample(np.insert, (real(2, 3), 1, real(2)), {"axis": 1}),
        Sample(np.partition, (real(6), 3)),
        Sample(np.partition, (real(3, 5), 1), {"axis": 0}),
        Sample(np.sort, (real(5),)),
        Sample(np.sort, (real(3, 4),), {"axis": 0}),
        Sample(np.sort, (real(3, 4),), {"axis": None}),
        Sample(np.select, ([np.array([True, False, False]), np.array([True, True, False])], [real(3), real(3)], 0.7)),
        Sample(np.choose, (np.array([0, 1, 0]), [real(3), real(3)])),
        Sample(np.bincount, (np.array([0, 2, 2]), real(3))),
        Sample(np.bincount, (np.array([0, 2, 2]), real(3)), {"minlength": 5}),
        Sample(np.interp, (0.7, np.array([0.0, 1.0, 3.0]), real(3))),
        Sample(np.interp, (np.array([-0.5, 0.2, 1.9, 3.5]), np.array([0.0, 1.0, 3.0]), real(3))),
    ]


ARRAY = [*_shaping(), *_joining(), *_indexing()]
