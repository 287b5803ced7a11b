"""What NumPy's functions, Python's own and common methods do with the memory of their arguments."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import gast

from srcgrad.analyse.purity import dotted_path, is_pure_library_call

# NumPy functions whose result may share its buffer with an argument; all others make new arrays.
VIEWS = frozenset(
    "array_split asanyarray asarray asarray_chkfinite ascontiguousarray asfortranarray astype atleast_1d atleast_2d "
    "atleast_3d broadcast_arrays broadcast_to diag diagonal dsplit einsum expand_dims flip fliplr flipud from_dlpack "
    "frombuffer hsplit imag ix_ matrix_transpose meshgrid moveaxis permute_dims ravel real real_if_close require "
    "reshape rollaxis rot90 split squeeze swapaxes transpose trim_zeros unstack vsplit".split()
)
# NumPy functions that write into their first argument.
WRITERS = frozenset("at copyto fill_diagonal place put put_along_axis putmask".split())
# Python's own functions whose result is a number, a string or a range.
NUMBERS = frozenset("bool complex float hasattr hash id int isinstance issubclass len range repr str".split())
NUMBER_ATTRIBUTES = frozenset("shape ndim size dtype itemsize nbytes".split())
NEW_ARRAY_METHODS = frozenset(
    "all any argmax argmin argsort cumprod cumsum dot flatten max mean min prod repeat std sum trace var".split()
)
STORING_METHODS = frozenset("append add insert".split())
WRITING_METHODS = frozenset("clear fill partition reverse sort".split())
TAKING_METHODS = frozenset("pop popleft popitem".split())
# Operators that lists do not have.
OPERATORS_ON_NUMBERS = (gast.Sub, gast.Div, gast.FloorDiv, gast.MatMult, gast.Pow, gast.LShift, gast.RShift)


def makes_new_value(expression: gast.expr) -> bool:
    """Whether an expression's value shares no memory with anything that has a name."""
    if isinstance(expression, gast.Call):
        path = dotted_path(expression.func)
        return (
            path is not None
            and path[0] in ("np", "numpy", "math")
            and path[-1] not in VIEWS
            and is_pure_library_call(expression)
            and not any(option.arg in ("copy", "dtype") for option in expression.keywords)
        )
    return isinstance(expression, (gast.BinOp, gast.UnaryOp, gast.Compare, gast.Constant))


def without_out(node: gast.Call) -> gast.Call:
    """The same call without ``out=``."""
    return gast.Call(node.func, node.args, [option for option in node.keywords if option.arg != "out"])


def is_element(expression: gast.expr, scalars: Collection[str], arrays: Mapping[str, int | None]) -> bool:
    """Whether a subscript of an array gives a number, or the copy that an index array makes: no view in any case."""
    if not (isinstance(expression, gast.Subscript) and isinstance(expression.value, gast.Name)):
        return False
    dimensions = arrays.get(expression.value.id)
    indices = expression.slice.elts if isinstance(expression.slice, gast.Tuple) else [expression.slice]
    if dimensions is None or not len(indices) >= dimensions > 0:
        return False
    return all(_takes_elements(index, scalars, arrays) for index in indices)


def _takes_elements(index: gast.expr, scalars: Collection[str], arrays: Mapping[str, int | None]) -> bool:
    """Whether an index is known to be an integer or an array: a variable may also hold a slice, None or a tuple."""
    if isinstance(index, gast.Constant):
        return type(index.value) is int
    if isinstance(index, gast.Name):
        return index.id in scalars or index.id in arrays
    return isinstance(index, (gast.BinOp, gast.UnaryOp, gast.Compare))
