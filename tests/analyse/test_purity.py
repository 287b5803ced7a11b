from __future__ import annotations

import gast
import pytest

from srcgrad.analyse.purity import is_pure, library_calls

PURE = """
x
1.5
x[i, 1:] + y.shape[0] * -z
np.sin(x) @ np.linalg.solve(a, b)
np.add.reduce(x)
math.sqrt(2.0)
len(x) > 3 and not isinstance(x, float)
[np.exp(v) for v in x if v > 0.0]
lambda v: print(v)
f"{x:.3f}"
g(x)
x.sum(axis=0)
np.sin(x, out=None)
np.nan_to_num(x, copy=True)
max(x, y, default=0.0)
""".strip().splitlines()

IMPURE = """
print(x)
x.pop()
np.random.normal(0.0, 1.0)
np.add.at(x, i, v)
np.copyto(x, y)
np.sin(x, out=y)
np.sin(x, **options)
np.median(x, overwrite_input=True)
np.nan_to_num(x, copy=False)
np.load("file")
np.vectorize(f)(x)
np.frompyfunc(f, 1, 1)
np.seterr(all="ignore")
(y := x)
sorted(x, key=f)
sum(h(v) for v in x)
f(x)(y)
lambda v=print(): v
next(x)
""".strip().splitlines()


def known(call: gast.Call) -> bool:
    if isinstance(call.func, gast.Attribute):
        return call.func.attr == "sum"
    return isinstance(call.func, gast.Name) and call.func.id == "g"


@pytest.mark.parametrize("text", PURE)
def test_pure(text: str) -> None:
    assert is_pure(gast.parse(text, mode="eval").body, known)


@pytest.mark.parametrize("text", IMPURE)
def test_impure(text: str) -> None:
    assert not is_pure(gast.parse(text, mode="eval").body, known)


def test_library_calls() -> None:
    known = library_calls({"sum_to"}, {"x"})

    def pure(text: str) -> bool:
        return is_pure(gast.parse(text, mode="eval").body, known)

    assert pure("sum_to(x.T.copy(), x.shape)")
    assert pure("(2.0 * x[1:]).sum(axis=0).reshape(2, 3)")
    assert pure("np.sin(y).sum()")
    assert not pure("y.sum()")
    assert not pure("x.sum(out=y)")
    assert not pure("x.fill(0.0)")
    assert not pure("other(x)")
