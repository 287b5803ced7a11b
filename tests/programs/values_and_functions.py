"""Functions as values, classes, dicts and iterators in everyday combinations."""

from __future__ import annotations

import functools
import itertools
import math
import operator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field

import numpy as np

from tests.programs.program import array, drawn, number, numbers, program


def scale_and_shift(x, scale=2.0, *, shift=0.5):
    return scale * x + shift


@program(number())
def partial_inside(x):
    shift = functools.partial(scale_and_shift, scale=x)
    return shift(2.0) * shift(x, shift=0.1)


@program(number())
def partial_of_pow(x):
    power = functools.partial(pow, x)
    return power(2) + power(3.0)


@program(number())
def partial_of_lambda(x):
    f = functools.partial(lambda a, b, c=1.0: a * b * c, x)
    return f(2.0) + f(x, c=x)


@program(number(), number())
def partial_of_partial(x, y):
    f = functools.partial(scale_and_shift, scale=x)
    g = functools.partial(f, shift=y)
    return g(x) * g(y)


@program(array(3), number())
def partial_mapped(x, s):
    f = functools.partial(scale_and_shift, scale=s)
    return sum(map(f, x))


@program(number(), number())
def inner_default(x, y):
    a = x * y

    def f(t, a=a):
        return t * a + y
    a = 3.0
    return f(x) * f(y, a) + a


@program(numbers(4), numbers(4))
def operator_map(xs, ys):
    return sum(map(operator.mul, xs, ys)) + functools.reduce(operator.add, xs)


@program(numbers(4), numbers(4))
def zip_strict(xs, ys):
    total = 0.0
    for a, b in zip(xs, ys, strict=True):
        total += a * b * b
    return total


@program(numbers(5))
def filter_lambda(xs):
    return sum(filter(lambda v: v > 1.0, xs)) ** 2


@program(numbers(5))
def filter_then_loop(xs):
    out = 1.0
    for v in filter(lambda v: v > 0.9, xs):
        out *= v
    return out


@program(numbers(5))
def reduce_lambda(xs):
    return functools.reduce(lambda a, b: a * b + b, xs, 1.0)


@program(numbers(5))
def operator_itemgetter(xs):
    pairs = [(v, v * v) for v in xs]
    get = operator.itemgetter(1)
    return sum((get(p) for p in pairs))


@program(numbers(5))
def sorted_key(xs):
    ys = sorted(xs, key=lambda v: -v)
    return ys[0] * 2.0 + ys[1] * ys[2]


@program(numbers(5))
def max_key(xs):
    return max(xs, key=abs) ** 2 + min(xs, key=lambda v: (v - 1.0) ** 2)


@program(numbers(3), numbers(3))
def accumulate_itertools(xs, ys):
    total = 0.0
    for a, b in itertools.product(xs, ys):
        total += a * b ** 2
    for a, b in itertools.combinations(xs, 2):
        total += (a - b) ** 2
    for v in itertools.chain(xs, ys):
        total += v
    for v in itertools.accumulate(xs):
        total += v ** 2
    return total


@program(numbers(4))
def pairwise_itertools(xs):
    total = 0.0
    for a, b in itertools.pairwise(xs):
        total += (b - a) ** 2
    return total


def simpson(f, a, b):
    return (b - a) / 6.0 * (f(a) + 4.0 * f(0.5 * (a + b)) + f(b))


def adaptive(f, a, b, tol, whole, depth):
    m = 0.5 * (a + b)
    left, right = (simpson(f, a, m), simpson(f, m, b))
    if depth <= 0 or abs(left + right - whole) < 15 * tol:
        return left + right + (left + right - whole) / 15.0
    return adaptive(f, a, m, tol / 2, left, depth - 1) + adaptive(f, m, b, tol / 2, right, depth - 1)


@program(number(), number())
def adaptive_closure(a, k):
    f = lambda t: math.exp(-k * t * t)
    return adaptive(f, 0.0, a, 0.0001, simpson(f, 0.0, a), 6)


def fix(f, x, n):
    if n == 0:
        return x
    return fix(f, f(x), n - 1)


@program(number(), number())
def fixpoint_def_closure(x, a):

    def step(t):
        return 0.5 * (t + a / t)
    return fix(step, x, 5)


def square(t):
    return t * t


def cube(t):
    return t * t * t


@program(number(), 2)
def picked_from_list(x, n):
    fs = [square, cube, np.sin]
    return fs[n](x) * fs[n - 1](x)


@program(number(), 'cube')
def picked_from_dict(x, name):
    fs = {'square': square, 'cube': cube, 'sin': math.sin}
    f = fs[name]
    return f(x) + fs.get('sin')(x)


@program(number(), number(), 'b')
def picked_closures(x, y, name):
    fs = {'a': lambda t: t * y, 'b': lambda t: t + y * y}
    f = fs[name]
    total = f(x)
    for key, g in fs.items():
        total = total * g(x)
    return total


@program(number(), True)
def function_by_branch(x, flag):
    if flag:
        f = square
    else:
        f = cube
    return f(x) + f(2.0 * x)


@program(number())
def nonlocal_counter(x):
    count = 0

    def f(t):
        nonlocal count
        count += 1
        return t * x
    return f(x) + f(f(2.0)) * count


@program(numbers(4))
def nonlocal_in_map(xs):
    calls = 0

    def f(t):
        nonlocal calls
        calls += 1
        return t * t
    total = sum((f(v) for v in xs))
    ys = [f(v) for v in xs if f(v) > 0.5]
    return total * calls + sum(ys)


def apply_twice(f, x):
    return f(f(x))


@program(number())
def nonlocal_in_condition(x):
    calls = 0

    def f(t):
        nonlocal calls
        calls += 1
        return t * 1.5
    while f(x) < 5.0:
        x = f(x)
    return x * calls


@program(number(), number())
def nonlocal_active(x, y):
    state = x

    def step(rate):
        nonlocal state
        state = state - rate * state ** 3
    for _ in range(4):
        step(y * 0.1)
    return state * y


@program(number(), number())
def dict_pop(x, y):
    d = {'a': x, 'b': y}
    t = d.pop('a')
    u = d.pop('zzz', 2.0)
    return t * d['b'] * u + len(d)


@program(number(), number())
def dict_loops(x, y):
    d = {'a': x, 'b': y}
    d['c'] = x * y
    total = 0.0
    for k in d:
        total += d[k] ** 2
    for k, v in d.items():
        if k != 'a':
            total *= v
    for v in d.values():
        total += v
    for i, (k, v) in enumerate(d.items()):
        total += i * v
    if 'c' in d:
        total += d.setdefault('c', 0.0)
    return total


class Adder:

    def __init__(self, start):
        self.value = start

    def add(self, v):
        self.value = self.value + v * v
        return self


@program(number())
def try_finally(x):
    log = []
    try:
        y = x * x
        log.append(1)
    finally:
        log.append(2)
    return y * len(log)


@program(number())
def try_returns(x):
    try:
        y = x * x
        if y > 0.1:
            return np.log(y) * x
    finally:
        print('done')
    return x


@program(number(), number())
def try_except_inactive(x, y):
    table = {'a': 2.0}
    try:
        factor = table['b']
    except KeyError:
        factor = 3.0
    return x * y * factor


@program(number())
def with_return(x):
    with nullcontext() as c:
        if x > 0.1:
            return x ** 3
    return x


@program(numbers(5), jax=False)
def with_in_loop(xs):
    total = 0.0
    for v in xs:
        with np.errstate(all='ignore'):
            if v > 1.4:
                break
            if v < 0.6:
                continue
            total += v * v
    return total


@contextmanager
def block(name):
    yield name


@program(numbers(5))
def with_user_manager(xs):
    total = 0.0
    with block('a') as n, block('b'):
        for i, v in enumerate(xs, start=1):
            total += v ** i
    return total * len(n)


@program(numbers(5))
def for_else(xs):
    i = 0
    total = 0.0
    while i < 3:
        for v in xs:
            if v * i > 2.5:
                break
            total += v * (i + 1)
        else:
            total *= 1.1
        i += 1
    else:
        total += xs[0]
    return total


@program(numbers(4))
def starred(xs):
    (a, *rest), (b, [c, *d]) = (xs, (xs[0] * 2.0, xs[1:]))
    return a * sum(rest) + b * c - sum((v * v for v in d))


@program(numbers(6))
def walrus_comp(xs):
    ys = [y for v in xs if (y := (v * v)) > 1.0]
    return sum(ys) + (z := len(ys)) * xs[0] * z


@program(number(), number(), number())
def chained(x, y, z):
    lo = min(x, y)
    if 0.0 < lo <= x < 10.0 != z:
        return x * y * z
    return 0.0 * x


@dataclass
class Params:
    rate: float
    steps: int = 3
    weights: list = field(default_factory=list)

    @property
    def doubled(self):
        return 2.0 * self.rate

    def apply(self, x):
        return self.rate * x


@program(number(), number())
def dataclass_use(x, y):
    p = Params(x, weights=[x, y])
    total = p.doubled
    for w in p.weights:
        total += p.apply(w) * p.steps
    return total


@program(drawn(lambda r: Params(float(r.uniform(1, 2)), 2, [0.5, 0.7])), number())
def dataclass_argument(p, x):
    for _ in range(p.steps):
        x = x * p.doubled - p.apply(x)
    return x * sum(p.weights)


class Shape:

    def __init__(self, size):
        self.size = size

    def area(self):
        return self.size

    def cost(self, price):
        return price * self.area() + self.extra

    @property
    def extra(self):
        return 1.0


class Square(Shape):

    def __init__(self, side, unit=1.0):
        super().__init__(side)
        self.unit = unit

    def area(self):
        return super().area() ** 2 * self.unit

    @property
    def extra(self):
        return super().extra + self.size


@program(number(), number())
def hierarchy(s, p):
    shapes = [Shape(s), Square(s, unit=p), Square(2.0 * s)]
    return sum((shape.cost(p) for shape in shapes))


class Vec:

    def __init__(self, x, y):
        self.x, self.y = (x, y)

    def __add__(self, o):
        return Vec(self.x + o.x, self.y + o.y)

    def __mul__(self, k):
        return Vec(self.x * k, self.y * k)
    __rmul__ = __mul__

    def __neg__(self):
        return Vec(-self.x, -self.y)

    def __sub__(self, o):
        return self + -o

    def __len__(self):
        return 2

    def __getitem__(self, i):
        return (self.x, self.y)[i]

    def __iter__(self):
        return iter((self.x, self.y))

    def dot(self, o):
        return self.x * o.x + self.y * o.y

    def __abs__(self):
        return math.sqrt(self.dot(self))

    def __eq__(self, o):
        return self.x == o.x


@program(number(), number(), complex_step=False)
def operators(a, b):
    v = Vec(a, b)
    w = 2.0 * v + v * a - Vec(1.0, b)
    return abs(w) * len(w) + w[0] * w[1] + w.dot(v)


@program(number(), number())
def iterates_object(a, b):
    v = Vec(a, b)
    p, q = v
    return sum(v) * p + q


def forward_all(*args, **kwargs):
    return polynomial(*args, **kwargs)


def polynomial(x, *coefficients, gain=1.0, **rest):
    total = 0.0
    for c in coefficients:
        total = total * x + c
    return gain * total + rest.get('bias', 0.0)


@program(number(), number(), number())
def forwards(x, a, b):
    return forward_all(x, a, b, 2.0, gain=a) + forward_all(x, 1.0, bias=b * x) * forward_all(*[x, a], **{'gain': b})


def even(x, n):
    return x if n == 0 else odd(x * 1.1, n - 1) * x


def odd(x, n):
    return 2.0 * x if n == 0 else even(np.sin(x), n - 1) + x


@program(number(), 5)
def mutual(x, n):
    return even(x, n)


def logged(f):

    @functools.wraps(f)
    def wrapper(*args, **kwargs):
        print('call', f.__name__)
        return f(*args, **kwargs)
    return wrapper


@logged
def decorated(x, k=2.0):
    return x ** k


@functools.lru_cache(maxsize=None)
def coefficient(n):
    return 1.0 if n == 0 else n * coefficient(n - 1)


@functools.lru_cache
def cached(x):
    return x * x


@program(numbers(5), autograd=False, jax=False)
def generators(xs):
    a = sum((v * v for v in xs))
    b = max((v * a for v in xs))
    c = min(((v - 1.0) ** 2 for v in xs if v > 0.7))
    d = math.prod((v for v in xs))
    e = any((v > 1.4 for v in xs))
    return a * b + c + 2.0 * d + e


@program(number(), complex_step=False, autograd=False, jax=False)
def prints_and_formats(x):
    name = f'{x:.3f}'
    print(f'x = {x!r:>20}', name, '%.2f' % x, '{:.1f}'.format(x), sep='|')
    assert x > 0, f'negative {x}'
    if x < 0:
        raise ValueError(f'negative {x}')
    return x * x * len(name)


@program(number(), autograd=False, jax=False)
def numpy_scalars(x):
    y = np.float64(x) * np.float64(2.0)
    z = np.asarray(x) * y
    w = np.array(y) ** 2
    return z * w.item() + float(z) + w[()]


@program(array())
def zero_d(x):
    return x * np.sin(x) + x[()] + x.sum()


@program(array(0), number())
def empties(x, y):
    return np.sum(x * 2.0) + y * x.size + y + 2.0 * np.prod(x)


@program(array(3, dtype='float32'), single_precision=True)
def single(x):
    y = x * 2.0 + np.float32(1.0)
    return np.sum(y * np.sin(y))


@program(3, 4, argnums=(0, 1))
def ints(n, m):
    return n * m ** 2 / (n + 1)


@program(number(), number())
def pop_then_in(x, y):
    d = {'a': x, 'b': y}
    t = d.pop('a') * 2.0
    if 'a' in d:
        t = t * 5.0
    return t * d.get('a', y) + d.get('b', x) * len(d)


@program(number(), number(), 3)
def pop_in_loop(x, y, n):
    total = 0.0
    for i in range(n):
        d = {'a': x * i, 'b': y}
        v = d.pop('a')
        w = d.pop('b')
        total += v * w
    return total


@program(number(), number())
def pop_default(x, y):
    options = dict(rate=x, scale=y)
    rate = options.pop('rate', 1.0)
    decay = options.pop('decay', 0.5)
    return rate * decay * options['scale']


def configured(x, **options):
    rate = options.pop('rate', 1.0)
    power = options.pop('power', 2)
    if options:
        raise TypeError(f'unknown {list(options)}')
    return rate * x ** power


@program(number(), number())
def pops_keywords(x, y):
    return configured(x, rate=y) + configured(x, power=3) * configured(y)


@program({'w': 0.5, 'b': 1.5}, number(), argnums=(0, 1))
def pop_argument(params, x):
    w = params.pop('w')
    return np.tanh(w * x) + params['b']


@program(number(), number())
def setdefaults(x, y):
    d = {'a': x}
    v = d.setdefault('b', y) * d.setdefault('a', 0.0)
    return v + d['b'] ** 2


@program(number(), ['u', 'v', 'u'], argnums=0)
def setdefault_groups(x, words):
    counts = {}
    for k, w in enumerate(words):
        counts[w] = counts.get(w, 0.0) + x * (k + 1)
    return sum((v * v for v in counts.values()))


@program(numbers(3), numbers(3))
def products_pairs(xs, ys):
    total = 0.0
    for a, b in itertools.product(xs, ys):
        total += a * b ** 2
    return total


@program(numbers(4))
def combos(xs):
    total = 0.0
    for a, b in itertools.combinations(xs, 2):
        total += (a - b) ** 2
    return total + sum((a * b * c for a, b, c in itertools.combinations(xs, 3)))


@program(numbers(4), numbers(2))
def chains(xs, ys):
    total = 0.0
    for v in itertools.chain(xs, ys):
        total += v ** 2
    return total


@program(numbers(4))
def accumulated(xs):
    return sum((v ** 2 for v in itertools.accumulate(xs))) + sum(itertools.accumulate(xs, operator.mul))


@program(numbers(4))
def pairwise(xs):
    total = 0.0
    for a, b in itertools.pairwise(xs):
        total += (b - a) ** 2
    return total


@program(array(5))
def pairwise_array(x):
    return sum(((b - a) ** 2 for a, b in zip(x, x[1:])))


@program(numbers(4))
def islices(xs):
    return sum(itertools.islice(xs, 2)) * sum(itertools.islice(xs, 1, None))


@program(numbers(4))
def starmaps(xs):
    return sum(itertools.starmap(lambda a, b: a * b, zip(xs, xs[1:])))


class Layer:

    def __call__(self, x):
        raise NotImplementedError


class Dense(Layer):

    def __init__(self, W, b):
        self.W, self.b = (W, b)

    def __call__(self, x):
        return self.W @ x + self.b


class Tanh(Layer):

    def __call__(self, x):
        return np.tanh(x)


class Scale(Layer):

    def __init__(self, k):
        self.k = k

    def __call__(self, x):
        return self.k * x


class Sequential(Layer):

    def __init__(self, *layers):
        self.layers = layers

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


@program(array(2, 2), array(2), array(2))
def network_mixed(W, b, x):
    layers = [Dense(W, b), Tanh(), Dense(2.0 * W, b), Scale(0.5)]
    for layer in layers:
        x = layer(x)
    return np.sum(x)


@program(array(2, 2), array(2), array(2))
def network_sequential(W, b, x):
    net = Sequential(Dense(W, b), Tanh(), Dense(2.0 * W, b), Scale(0.5))
    return np.sum(net(x))


@program(
    drawn(lambda r: Sequential(Dense(r.uniform(size=(2, 2)), r.uniform(size=2)), Tanh(), Scale(1.5))),
    array(2),
    complex_step=False,
    jax=False,
)
def network_argument(net, x):
    return np.sum(net(x) ** 2)


@program(
    drawn(lambda r: [Dense(r.uniform(size=(2, 2)), r.uniform(size=2)), Tanh()]),
    array(2),
    complex_step=False,
    jax=False,
)
def list_of_layers(net, x):
    for k, layer in enumerate(net):
        x = layer(x) * (k + 1)
    return np.sum(x ** 2)


@program(number(), number())
def make_adders(x, y):

    def adder(n):

        def add(t):
            return t + n * x
        return add
    f, g = (adder(1.5), adder(y))
    return f(x) * g(f(2.0))


def power_of(n):
    return lambda t: t ** n


def compose(*fs):

    def composed(x):
        for f in fs:
            x = f(x)
        return x
    return composed


@program(number(), 0.1)
def class_with_callback(x, h):
    class_steps = [lambda s: s * (1 - h), lambda s: s + h * x]
    s = x
    for step in class_steps:
        s = step(s)
    return s


@program(number(), number())
def in_before_store(x, y):
    d = {'a': x}
    r = 5.0 * x if 'c' in d else x
    n = len(d)
    s = sum(d.values())
    d['c'] = y
    return r * d['c'] * n + s


@program(number(), number(), 3)
def in_loop(x, y, n):
    d = {'a': x}
    total = 0.0
    for i in range(n):
        if 'c' in d:
            total += d['c'] * d['a']
        d['c'] = y * i
    return total + len(d)


class Pair:

    def __init__(self, a, b):
        self.a, self.b = (a, b)


@program(number(), number())
def unpack_dict(x, y):
    d = {'a': x, 'b': y}
    p, q = d.values()
    k, l = d
    return p * q * d[k] + sum(list(d.values()))
