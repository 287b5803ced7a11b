"""A function with loops and branches, and the adjoint that srcgrad writes for it.

Run it with ``python examples/show_adjoint.py``.
"""

import inspect

import numpy as np

from srcgrad import grad


def relax(x, w, n, tol):
    y = np.zeros(n)
    s = 0.0
    for i in range(n):
        a = w * x[i] + s
        if a > 0.0:
            s = np.sin(a)
        else:
            s = 0.1 * a
        y[i] = s * x[i]
    while s * s > tol:
        s = 0.5 * s
        y[0] = y[0] * s
    return np.sum(y) + s


def main():
    """Print the function and its adjoint, and the gradient at a point."""
    gradient = grad(relax, argnums=("x", "w"))
    x, w = np.array([0.5, -1.0, 2.0]), 1.5
    print(inspect.getsource(relax))
    print(gradient.source_for(x, w, 3, 1e-3))
    x_bar, w_bar = gradient(x, w, 3, 1e-3)
    print(f"at x = {x} and w = {w}:\nx_bar = {x_bar}\nw_bar = {w_bar}")


if __name__ == "__main__":
    main()
