"""Every kernel: value and gradient against references that srcgrad had no hand in, purity, and what is recorded."""

from __future__ import annotations

import inspect
from types import ModuleType

import numpy as np
import pytest

from srcgrad import grad
from tests.kernels import KERNELS, Kernel, jax_versions, torch_versions
from tests.verdicts import judge_program

# Refused today.
REFUSED: frozenset[str] = frozenset()
# Linear, and recorded all the same.
RECORDED = frozenset({"fdtd_2d"})

every_kernel = pytest.mark.parametrize("kernel", KERNELS, ids=str)
linear_kernel = pytest.mark.parametrize("kernel", [entry for entry in KERNELS if entry.linear], ids=str)


@every_kernel
@pytest.mark.parametrize("seed", [0, 1])
def test_value_and_gradient(kernel: Kernel, seed: int):
    verdict = judge_program(kernel, seed)
    expected = "refused" if kernel.name in REFUSED else "right"
    assert verdict.outcome == expected, f"{verdict.outcome}: {verdict.detail}\n{verdict.source}"


@pytest.mark.parametrize("peer", [jax_versions, torch_versions], ids=["jax", "torch"])
@every_kernel
def test_the_gradient_is_that_of_a_rewritten_version(kernel: Kernel, peer: ModuleType):
    if kernel.name in REFUSED:
        pytest.skip("refused")
    arguments = kernel.arguments_of(kernel.small)
    theirs = peer.gradient(kernel.name, kernel.argnums, arguments)
    if theirs is None:
        pytest.skip("not installed, or no version for it")
    ours = grad(kernel.function, argnums=kernel.argnums)(*arguments)
    for mine, other in zip(ours, theirs(), strict=True):
        np.testing.assert_allclose(mine, np.asarray(other), rtol=1e-9, atol=1e-11)


@every_kernel
def test_sizes(kernel: Kernel):
    for sizes in (kernel.small, kernel.interpreted, kernel.compiled):
        assert kernel.trips(**sizes) >= 0
    assert np.ndim(kernel.function(*kernel.arguments_of(kernel.interpreted))) == 0


@linear_kernel
def test_a_linear_kernel_needs_no_tape_no_copy_and_no_forward_loop(kernel: Kernel):
    if kernel.name in RECORDED:
        pytest.skip("its arrays have lengths of which it is not known that they fit")
    text = grad(kernel.function, argnums=kernel.argnums).source_for(*kernel.arguments_of(kernel.small))
    names = inspect.signature(kernel.function).parameters
    forward = text.partition("# ---- reverse sweep ----")[0]
    assert "_tape" not in text and "for " not in forward, text
    assert not [name for name in names if f"{name} = {name}.copy()" in text], text
