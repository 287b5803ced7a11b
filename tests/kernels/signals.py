"""Signals, images and rays."""

from __future__ import annotations

import math

import numpy as np

from tests.kernels.kernel import kernel


@kernel(
    lambda rng, n: (rng.normal(size=n), rng.normal(size=n)),
    argnums=(0,),
    small={"n": 8},
    interpreted={"n": 256},
    compiled={"n": 65536},
    trips=lambda n: n // 2 * int(math.log2(n)),
    records=0.0,
    complex_step=False,
)
def fft_butterfly(signal, weight):
    """A weighted power spectrum, by Cooley and Tukey's transform in place."""
    z = signal.astype(complex)
    n = len(z)
    j = 0
    for i in range(1, n):
        bit = n // 2
        while j >= bit:
            j -= bit
            bit //= 2
        j += bit
        if i < j:
            z[i], z[j] = z[j], z[i]
    half = 1
    while half < n:
        for k in range(half):
            twiddle = np.exp(-1j * np.pi * k / half)
            for i in range(k, n, 2 * half):
                odd = twiddle * z[i + half]
                z[i + half] = z[i] - odd
                z[i] += odd
        half *= 2
    return np.sum(weight * (z.real**2 + z.imag**2))


@kernel(
    lambda rng, n, radius: (rng.uniform(size=(n, n)), 1.5, 0.3, radius),
    argnums=(0, 1, 2),
    small={"n": 4, "radius": 1},
    interpreted={"n": 20, "radius": 2},
    compiled={"n": 120, "radius": 4},
    trips=lambda n, radius: sum(
        min(n, i + radius + 1) - max(0, i - radius) for i in range(n)
    ) ** 2,  # fmt: skip
    records=0.0,
    reason="norm and result of each pixel",
)
def bilateral_filter(image, spread, contrast, radius):
    """The squared difference between an image and its bilateral filter."""
    height, width = image.shape
    result = np.zeros_like(image)
    for i in range(height):
        for j in range(width):
            total = 0.0
            norm = 0.0
            for k in range(max(0, i - radius), min(height, i + radius + 1)):
                for l in range(max(0, j - radius), min(width, j + radius + 1)):
                    distance = ((k - i) ** 2 + (l - j) ** 2) / (2.0 * spread * spread)
                    step = (image[k, l] - image[i, j]) / contrast
                    weight = np.exp(-distance - 0.5 * step * step)
                    total += weight * image[k, l]
                    norm += weight
            result[i, j] = total / norm
    return np.sum((result - image) ** 2)


@kernel(
    lambda rng, n: (np.array([0.1, -0.2, 3.0]), 1.0, 0.15, n),
    argnums=(0, 1, 2),
    small={"n": 3},
    interpreted={"n": 16},
    compiled={"n": 200},
    trips=lambda n: 0,  # the scene decides
    records=1.0,
    reason="t",
)
def ray_marcher(centre, radius, bump, n):
    """The mean brightness of a dented sphere, seen by rays that march until they hit it or leave the scene."""
    image = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            dx = (j + 0.5) / n - 0.5
            dy = (i + 0.5) / n - 0.5
            length = math.sqrt(dx * dx + dy * dy + 1.0)
            dx /= length
            dy /= length
            dz = 1.0 / length
            t = 0.0
            distance = 1.0
            while distance > 1e-3 and t < 6.0:
                x = t * dx - centre[0]
                y = t * dy - centre[1]
                z = t * dz - centre[2]
                distance = math.sqrt(x * x + y * y + z * z) - radius + bump * math.sin(4.0 * x) * math.sin(4.0 * y)
                t += 0.8 * distance
            if t < 6.0:
                image[i, j] = math.exp(-0.3 * t)
    return np.mean(image)


@kernel(
    lambda rng, m, n: (rng.normal(size=(m, n)), 0.7, 0.5),
    argnums=(0, 1, 2),
    small={"m": 3, "n": 4},
    interpreted={"m": 40, "n": 40},
    compiled={"m": 600, "n": 600},
    trips=lambda m, n: m * n,
    records=0.0,
    reason="the table H is not overwritten",
)
def soft_alignment(score, gap, temperature):
    """Smith and Waterman's best local alignment with a soft maximum in the place of the hard one."""
    m, n = score.shape
    H = np.zeros((m + 1, n + 1))
    for i in range(1, m + 1):
        for j in range(1, n + 1):
            match = H[i - 1, j - 1] + score[i - 1, j - 1]
            up = H[i - 1, j] - gap
            left = H[i, j - 1] - gap
            best = max(0.0, match, up, left)
            total = (
                np.exp(-best / temperature)
                + np.exp((match - best) / temperature)
                + np.exp((up - best) / temperature)
                + np.exp((left - best) / temperature)
            )
            H[i, j] = best + temperature * np.log(total)
    return temperature * np.log(np.sum(np.exp(H / temperature)))
