"""Signal processing, optimisation and numerical analysis."""

from __future__ import annotations

import cmath
import math

import numpy as np

from tests.programs.program import array, number, program, spd


@program(array(6), array(3), tags="signal convolution")
def direct_convolution(signal, kernel):
    energy = 0.0
    for i in range(len(signal) + len(kernel) - 1):
        out = 0.0
        for j in range(len(kernel)):
            if 0 <= i - j < len(signal):
                out += kernel[j] * signal[i - j]
        energy += out * out
    return energy


@program(array(6), number(0.1, 0.4), number(0.1, 0.4), tags="signal biquad")
def recursive_filter(x, a, b):
    y1 = y2 = 0.0
    total = 0.0
    for value in x:
        y = value - a * y1 - b * y2
        y2, y1 = y1, y
        total += abs(y) * y
    return total


@program(array(4), array(4), tags="signal dft real")
def power_spectrum(re, im):
    total = 0.0
    n = len(re)
    for k in range(n):
        a = b = 0.0
        for t in range(n):
            phase = -2.0 * math.pi * k * t / n
            a += re[t] * math.cos(phase) - im[t] * math.sin(phase)
            b += re[t] * math.sin(phase) + im[t] * math.cos(phase)
        total += (k + 1) * (a * a + b * b)
    return total


@program(number(), number(), tags="complex inside", complex_step=False, autograd=False, jax=False)
def complex_inside(x, y):
    z = complex(x, y)
    for _ in range(3):
        z = z * z * 0.3 + 0.5
    return z.real * z.imag + abs(z) ** 2


@program(number(), number(), tags="complex module", complex_step=False, autograd=False, jax=False)
def reflection_coefficient(resistance, reactance):
    load = resistance + 1j * reactance
    gamma = (load - 1.0) / (load + 2.0)
    return abs(gamma) + cmath.phase(gamma) + cmath.exp(gamma).real


@program(spd(3), array(3), tags="conjugate gradient")
def conjugate_gradient(A, b):
    x = np.zeros(3)
    r = b - A @ x
    p = r
    rr = r @ r
    for _ in range(2):
        Ap = A @ p
        alpha = rr / (p @ Ap)
        x = x + alpha * p
        r = r - alpha * Ap
        fresh = r @ r
        if fresh < 1e-20:
            break
        p = r + fresh / rr * p
        rr = fresh
    return np.sum(x * b) + rr


@program(spd(3), tags="cholesky lists")
def cholesky_by_lists(A):
    n = A.shape[0]
    L = [[0.0] * n for _ in range(n)]
    for i in range(n):
        for j in range(i + 1):
            s = A[i, j]
            for k in range(j):
                s = s - L[i][k] * L[j][k]
            if i == j:
                L[i][j] = np.sqrt(s)
            else:
                L[i][j] = s / L[j][j]
    total = 0.0
    for i in range(n):
        total += np.log(L[i][i]) * (i + 1) + L[i][0]
    return total


@program(number(1.5, 2.5), tags="secant")
def secant_root(a):
    x0, x1 = 1.0, 2.0
    f0 = x0 * x0 * x0 - a
    for _ in range(40):
        f1 = x1 * x1 * x1 - a
        if f1 == f0 or abs(f1) < 1e-14:
            break
        x0, x1, f0 = x1, x1 - f1 * (x1 - x0) / (f1 - f0), f1
    return x1 * a


@program(array(4), array(4), number(0.6, 0.9), tags="interpolation")
def neville(xs, ys, x):
    nodes = [k + 0.1 * value for k, value in enumerate(xs)]
    p = list(ys)
    n = len(p)
    for k in range(1, n):
        p = [
            ((x - nodes[i + k]) * p[i] + (nodes[i] - x) * p[i + 1]) / (nodes[i] - nodes[i + k])
            for i in range(n - k)
        ]
    return p[0]


@program(array(5), number(2.2, 2.8), tags="interpolation search")
def piecewise_linear(ys, x):
    i = 0
    while i < len(ys) - 2 and x > i + 1:
        i += 1
    w = x - i
    return (1.0 - w) * ys[i] + w * ys[i + 1] ** 2


@program(array(3), tags="line search")
def backtracking_descent(w):
    def objective(v):
        return np.sum(v**4) / 4.0 + np.sum(v)

    for _ in range(3):
        slope = w**3 + 1.0
        t = 1.0
        while objective(w - t * slope) > objective(w) - 0.3 * t * np.dot(slope, slope):
            t *= 0.5
        w = w - t * slope
    return objective(w)


@program(number(), number(), tags="quadrature romberg")
def romberg(a, k):
    n = 1
    h = a
    first = [0.5 * h * (1.0 + math.exp(-k * a))]
    rows = [first]
    for i in range(1, 4):
        h = 0.5 * h
        n *= 2
        mid = sum(math.exp(-k * (j * h)) for j in range(1, n, 2))
        row = [0.5 * rows[i - 1][0] + h * mid]
        for m in range(1, i + 1):
            row.append(row[m - 1] + (row[m - 1] - rows[i - 1][m - 1]) / (4**m - 1))
        rows.append(row)
    return rows[3][3]


@program(number(0.1, 0.5), number(1.2, 2.0), tags="special series")
def hypergeometric(x, a):
    term = total = 1.0
    for n in range(200):
        term *= (a + n) * (0.7 + n) / ((2.1 + n) * (n + 1)) * x
        total += term
        if abs(term) < 1e-17 * abs(total):
            break
    return total


@program(number(), number(0.9, 1.1), tags="math module", autograd=False, jax=False)
def every_elementary_function(x, y):
    a = math.sin(x) + math.cosh(y) * math.tanh(x) - math.log1p(x) + math.expm1(y)
    b = math.atan(x) + math.asinh(y) + math.sqrt(x) * math.log2(y + 1.0) + math.log10(x) + math.log(x, 3.0)
    c = math.pow(x, y) + math.exp(-x) + math.fabs(x - 3.0) + math.hypot(x, y) + math.radians(x) * math.degrees(y)
    return a * b + c


@program(number(), number(), tags="math integers", autograd=False, jax=False)
def math_with_integers(x, y):
    n = math.floor(3.7) + math.ceil(x * 0.1) + math.comb(5, 2) + math.factorial(3)
    m = math.gcd(12, 18) + math.isqrt(17)
    return x**2 * n + y * m + math.pi * x * math.e


@program(array(3, 3), array(3), tags="elimination functional")
def elimination_by_rows(A, b):
    rows = [np.append(row + 2.0 * (np.arange(3) == i), rhs) for i, (row, rhs) in enumerate(zip(A, b))]
    for i in range(3):
        rows[i] = rows[i] / rows[i][i]
        for k in range(3):
            if k != i:
                rows[k] = rows[k] - rows[k][i] * rows[i]
    return sum(row[-1] ** 2 for row in rows)


@program(array(5), tags="haar recursion", jax=False)
def multiresolution(x):
    x = np.append(x, [0.1, 0.2, 0.3])
    energy = 0.0
    level = 1
    while x.size > 1:
        detail = (x[::2] - x[1::2]) / 2.0
        x = (x[::2] + x[1::2]) / 2.0
        energy += np.sum(detail**2) / level
        level += 1
    return energy * x[0]
