"""Implicit functions: values that are the solution of an equation, differentiated through the equation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from srcgrad.runtime.solving import iterated, newton

Solver = Callable[[Callable[[Any], Any], Any], Any]


def root(f: Callable[..., Any], x0: Any, *args: Any, solver: Solver | None = None) -> Any:
    """A solution x of ``f(x, *args) = 0``, differentiated through the implicit function theorem.

    Parameters
    ----------
    f : callable
        The residual: a function with source that returns a number for a number, an array of the shape of ``x`` for an
        array.  It may be a lambda that reads differentiated variables around it.
    x0 : float or array
        Where the search begins.  The solution does not vary with it.
    *args
        Further arguments of ``f``.
    solver : callable, optional
        ``solver(residual, x0)`` returns a solution of ``residual(x) = 0``; for example
        ``lambda residual, x0: scipy.optimize.root(residual, x0).x``.  It is called and not differentiated.  The default
        is Newton's method with differences for the Jacobian.

    Returns
    -------
    float or array
        The solution, of the shape of ``x0``.

    Raises
    ------
    ConvergenceError
        Newton's method finds no solution.

    Notes
    -----
    With ``J`` the Jacobian of ``f`` with respect to x at the solution, the derivative with respect to an argument is
    ``-solve(J, df/darg)``, whatever way the solver took.

    Examples
    --------
    >>> from srcgrad import grad
    >>> def cube_root(a):
    ...     return root(lambda x: x**3 - a, 1.0)
    >>> round(float(cube_root(8.0)), 12), round(float(grad(cube_root)(8.0)), 12)
    (2.0, 0.083333333333)
    """
    def residual(x: Any) -> Any:
        return f(x, *args)

    return newton(residual, x0) if solver is None else solver(residual, x0)


def fixed_point(f: Callable[..., Any], x0: Any, *args: Any, solver: Solver | None = None) -> Any:
    """A solution x of ``x = f(x, *args)``, differentiated through the implicit function theorem.

    The parameters are those of `root`.  ``solver(step, x0)`` returns a solution of ``x = step(x)``; the default repeats
    the step until nothing changes.

    Returns
    -------
    float or array
        The solution, of the shape of ``x0``.

    Raises
    ------
    ConvergenceError
        The iteration does not settle.

    Examples
    --------
    >>> from srcgrad import grad
    >>> def kepler(mean_anomaly, eccentricity):
    ...     return fixed_point(lambda e: mean_anomaly + eccentricity * np.sin(e), mean_anomaly)
    >>> import numpy as np
    >>> e = kepler(1.0, 0.3)
    >>> bool(abs(grad(kepler)(1.0, 0.3) - 1.0 / (1.0 - 0.3 * np.cos(e))) < 1e-12)
    True
    """
    def step(x: Any) -> Any:
        return f(x, *args)

    return iterated(step, x0) if solver is None else solver(step, x0)


IMPLICIT = (root, fixed_point)
