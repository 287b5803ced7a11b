"""A tour of automatic differentiation, step by step: every result is printed and checked.

Run it with ``python examples/autograd_tour.py``.
"""

import numpy as np

from srcgrad import elementwise_grad, grad, stop_gradient, vjp


def step(title):
    """Print the title of a step."""
    print(f"\n{title}\n{'-' * len(title)}")


def check(name, value, expected):
    """Print a result, and make sure that it is what it should be."""
    print(f"{name} = {value}")
    np.testing.assert_allclose(value, expected, rtol=1e-12)


def energy(x):
    """Twice the dot product of a vector with itself."""
    return 2.0 * np.dot(x, x)


def total(x):
    """The sum of a vector."""
    return np.sum(x)


def squares(x):
    """The square of each element."""
    return x * x


def with_detached_factor(x):
    """Looks like x cubed, but one factor counts as a constant."""
    u = stop_gradient(x * x)
    return u * x


def doubled_until_large(a):
    """Which operations run depends on the data: the number of doublings, and one of two branches."""
    b = a * 2.0
    while np.linalg.norm(b) < 1000.0:
        b = b * 2.0
    if np.sum(b) > 0.0:
        c = b
    else:
        c = 100.0 * b
    return c


def simple_function():
    """The gradient of y = 2 x.x is 4 x."""
    step("A gradient")
    x = np.arange(4.0)
    print(f"x = {x},  y = 2 x.x = {energy(x)}")
    gradient = grad(energy)
    check("dy/dx", gradient(x), [0.0, 4.0, 8.0, 12.0])
    check("dy/dx - 4 x", gradient(x) - 4.0 * x, np.zeros(4))
    print("\nThis is the function that was generated and run:\n")
    print(gradient.source)


def buffers():
    """A gradient can be written, or added, into an array that the caller owns."""
    step("A gradient buffer that the caller owns")
    x = np.arange(4.0)
    buffer = np.empty(4)
    energy_gradient, total_gradient = grad(energy), grad(total)
    for scale in (1.0, 2.0, 3.0):
        result = energy_gradient(scale * x, out=buffer)
        assert result is buffer
        check(f"buffer at {scale} x", buffer, 4.0 * scale * x)
    energy_gradient(x, out=buffer)
    total_gradient(x, out=buffer, accumulate=True)
    check("buffer after adding the gradient of the sum", buffer, [1.0, 5.0, 9.0, 13.0])
    buffer[:] = 0.0
    total_gradient(x, out=buffer, accumulate=True)
    check("buffer after a reset to zero", buffer, np.ones(4))


def results_that_are_arrays():
    """An array has no gradient; the sum of its elements has, and so has every weighted sum."""
    step("Results that are arrays")
    x = np.arange(4.0)
    check("gradient of the sum of x * x", elementwise_grad(squares)(x), 2.0 * x)
    y, pullback = vjp(squares, x)
    weights = np.array([1.0, 0.0, 10.0, 0.5])
    (weighted,) = pullback(weights)
    check("y", y, x * x)
    check(f"gradient of the sum weighted by {weights}", weighted, weights * 2.0 * x)


def detaching():
    """A detached value is a constant for the gradient, and an ordinary value otherwise."""
    step("Detaching a value")
    x = np.arange(4.0)
    check("gradient of u * x, where u = x * x is detached", elementwise_grad(with_detached_factor)(x), x * x)
    check("gradient of x * x itself", elementwise_grad(squares)(x), 2.0 * x)


def control_flow():
    """The function is linear between its switches, so that its derivative is d / a."""
    step("Control flow that depends on the data")
    derivative = elementwise_grad(doubled_until_large)
    generator = np.random.default_rng(0)
    for _ in range(3):
        a = float(generator.normal())
        d = doubled_until_large(a)
        check(f"a = {a:.4f}:  d = {d:.2f},  d / a = {d / a:.0f},  derivative", derivative(a), d / a)
    a = generator.normal(size=3)
    check(f"a = {a}:  derivative", derivative(a), doubled_until_large(a) / a)


def main():
    """Take all steps in turn."""
    simple_function()
    buffers()
    results_that_are_arrays()
    detaching()
    control_flow()
    print("\nAll results are as they should be.")


if __name__ == "__main__":
    main()
