"""Jacobians and Hessians as users call them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from srcgrad.calling.argnums import Argnums
from srcgrad.calling.made_inside import Columns, Product, SecondColumns
from srcgrad.custom import Maker, register_maker
from srcgrad.derived.jacobians import AnyJacobian, ForwardJacobian, ReverseJacobian
from srcgrad.derived.second import Hessian, HessianProduct

Function = Callable[..., Any]


def jacfwd(
    function: Function, argnums: Argnums = 0, *, has_aux: bool = False, holomorphic: bool = False
) -> ForwardJacobian:
    """The Jacobian of a function in forward mode, as a function of the same arguments.

    One sweep for each number of the differentiated arguments: for functions of few numbers with many results.

    Parameters
    ----------
    function : callable
        As for `grad`, but the result may be an array of any shape, or a container of arrays and numbers.
    argnums : int, str, or tuple of them
        As for `grad`.
    has_aux : bool
        The function returns ``(result, auxiliary)``.
    holomorphic : bool
        The function is complex differentiable, and complex arguments are allowed.

    Returns
    -------
    ForwardJacobian
        Called like the function, gives an array of shape ``out.shape + arg.shape``; for containers, in the structure
        of the result that of the arguments.  With ``has_aux``, ``(jacobian, auxiliary)``.

    Raises
    ------
    As `grad`; ArgumentTypeError for complex arguments without ``holomorphic``.

    Examples
    --------
    >>> import numpy as np
    >>> jacfwd(lambda x: np.array([x[0] * x[1], x[0] + x[1]]))(np.array([2.0, 3.0]))
    array([[3., 2.],
           [1., 1.]])
    """
    return ForwardJacobian(function, argnums, has_aux, holomorphic)


def jacrev(
    function: Function, argnums: Argnums = 0, *, has_aux: bool = False, holomorphic: bool = False
) -> ReverseJacobian:
    """The Jacobian of a function in reverse mode: one sweep for each number of its result.

    Parameters, results and errors are those of `jacfwd`.

    Examples
    --------
    >>> import numpy as np
    >>> jacrev(lambda x: np.array([x[0] * x[1]]))(np.array([2.0, 3.0]))
    array([[3., 2.]])
    """
    return ReverseJacobian(function, argnums, has_aux, holomorphic)


def jacobian(
    function: Function, argnums: Argnums = 0, *, has_aux: bool = False, holomorphic: bool = False
) -> AnyJacobian:
    """The Jacobian of a function, in the mode that takes fewer sweeps for the shapes at hand.

    Parameters, results and errors are those of `jacfwd`.

    Examples
    --------
    >>> import numpy as np
    >>> jacobian(np.square)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
    """
    return AnyJacobian(function, argnums, has_aux, holomorphic)


def hessian(
    function: Function, argnums: Argnums = 0, *, has_aux: bool = False, holomorphic: bool = False
) -> Hessian:
    """The Hessian of a function of one real result: forward mode over its gradient.

    Parameters and errors are those of `jacfwd`; with ``holomorphic`` the function returns one complex number.

    Returns
    -------
    Hessian
        Called like the function, gives an array of shape ``arg.shape + arg.shape``; for a tuple of argnums a tuple of
        tuples of blocks; with ``has_aux``, ``(hessian, auxiliary)``.

    Examples
    --------
    >>> import numpy as np
    >>> hessian(lambda x: x[0] ** 2 * x[1])(np.array([1.0, 3.0]))
    array([[6., 2.],
           [2., 0.]])
    """
    return Hessian(function, argnums, has_aux, holomorphic)


def hvp(function: Function, argnums: Argnums = 0) -> HessianProduct:
    """The product of a function's Hessian with a vector, without the Hessian: the tangent of the gradient.

    Returns
    -------
    HessianProduct
        ``hvp(f)(x, v)``: the function's arguments, then the vector in the structure of the differentiated argument
        (a tuple of vectors for a tuple of argnums).

    Examples
    --------
    >>> import numpy as np
    >>> hvp(lambda x: np.sum(x**3))(np.array([1.0, 2.0]), np.array([1.0, 10.0]))
    array([  6., 120.])
    """
    return HessianProduct(function, argnums)


# What these are inside a differentiated program.
for _maker in (jacfwd, jacrev, jacobian):
    register_maker(_maker, Maker(Columns))
register_maker(hessian, Maker(SecondColumns))
register_maker(hvp, Maker(Product, trailing=("vector",), options=("argnums",)))
