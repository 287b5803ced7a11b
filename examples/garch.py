"""Volatility of the S&P 500 by maximum likelihood: a GARCH(1,1) model, fitted with its gradient.

The likelihood is a recursion over 5000 days, written as a plain loop with a branch.  The same fit is made with
srcgrad's gradient and with finite differences, and compared with the one of the ``arch`` package, which also
ships the returns.  Run it with ``python examples/garch.py``.
"""

import argparse
import math
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from arch import arch_model
from arch.data import sp500
from matplotlib.figure import Figure
from scipy.optimize import minimize
from tqdm import tqdm

from srcgrad import value_and_grad

NAMES = ("mu", "omega", "alpha[1]", "beta[1]")


def negative_log_likelihood(parameters, returns, first_variance, floor):
    """Minus the logarithm of the likelihood of daily returns whose variance follows GARCH(1,1)."""
    mean, omega, alpha, beta = parameters
    variance = first_variance
    square = first_variance
    total = 0.5 * len(returns) * math.log(2.0 * math.pi)
    for daily_return in returns:
        variance = omega + alpha * square + beta * variance
        if variance < floor:
            variance = floor
        residual = daily_return - mean
        square = residual * residual
        total += 0.5 * (math.log(variance) + square / variance)
    return total


@dataclass
class Fit:
    """What a fit found and what it took."""

    parameters: np.ndarray
    value: float
    iterations: int
    calls: int
    seconds: float


def daily_returns():
    """The returns of the S&P 500 in percent, 1999 to 2018."""
    prices = sp500.load()["Adj Close"]
    return 100.0 * prices.pct_change().dropna()


def fit(function, with_gradient, arguments, start, label):
    """Minimise a function of the parameters, by its gradient or by finite differences."""
    calls = 0

    def counted(parameters):
        nonlocal calls
        calls += 1
        progress.set_postfix(calls=calls)
        return function(parameters, *arguments)

    began = time.perf_counter()
    with tqdm(desc=label, unit="iteration") as progress:
        found = minimize(
            counted,
            start,
            jac=with_gradient,
            method="SLSQP",
            bounds=[(-1.0, 1.0), (1e-6, 10.0), (0.0, 1.0), (0.0, 1.0)],
            constraints={
                "type": "ineq",
                "fun": lambda parameters: 1.0 - parameters[2] - parameters[3],
                "jac": lambda parameters: np.array([0.0, 0.0, -1.0, -1.0]),
            },
            callback=lambda _: progress.update(),
            options={"ftol": 1e-9, "maxiter": 200},
        )
    return Fit(found.x, found.fun, found.nit, calls, time.perf_counter() - began)


def conditional_volatility(parameters, returns, first_variance):
    """The standard deviation of each day, given the days before."""
    mean, omega, alpha, beta = parameters
    volatility = np.empty(len(returns))
    variance = square = first_variance
    for day, daily_return in enumerate(returns):
        variance = omega + alpha * square + beta * variance
        volatility[day] = math.sqrt(variance)
        square = (daily_return - mean) ** 2
    return volatility


def save_picture(dates, returns, volatility, path):
    """Draw the returns between plus and minus two standard deviations."""
    figure = Figure(figsize=(9.0, 4.0), layout="constrained")
    axes = figure.subplots()
    axes.plot(dates, returns, color="0.7", linewidth=0.5, label="daily return")
    for sign, label in ((2.0, "two standard deviations"), (-2.0, None)):
        axes.plot(dates, sign * volatility, color="tab:red", linewidth=0.8, label=label)
    axes.set(ylabel="percent", title="S&P 500 and its GARCH(1,1) volatility")
    axes.legend()
    figure.savefig(path, dpi=120)


def main():
    """Fit the model three times and compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--picture", type=Path, default=Path(__file__).with_suffix(".png"))
    options = parser.parse_args()

    series = daily_returns()
    returns = series.to_numpy()
    model = arch_model(series, mean="Constant", vol="GARCH", p=1, q=1)
    # What arch takes for the variance and the squared residual before the first day.
    first_variance = float(model.volatility.backcast(returns - returns.mean()))
    arguments = (returns, first_variance, 1e-6 * float(np.var(returns)))
    start = np.array([0.0, 0.1 * np.var(returns), 0.1, 0.8])

    fits = {
        "srcgrad": fit(value_and_grad(negative_log_likelihood), True, arguments, start, "gradient by srcgrad"),
        "differences": fit(negative_log_likelihood, None, arguments, start, "finite differences"),
    }
    reference = model.fit(disp="off")

    print(f"\n{'':12}{'iterations':>12}{'calls':>8}{'seconds':>10}{'-log likelihood':>18}")
    for name, made in fits.items():
        print(f"{name:12}{made.iterations:12}{made.calls:8}{made.seconds:10.2f}{made.value:18.6f}")
    print(f"{'arch':12}{'':12}{'':8}{'':10}{-reference.loglikelihood:18.6f}")

    print(f"\n{'':12}{'srcgrad':>12}{'differences':>14}{'arch':>12}{'its standard error':>22}")
    for position, name in enumerate(NAMES):
        ours, differences = (fits[key].parameters[position] for key in ("srcgrad", "differences"))
        theirs, error = reference.params[name], reference.std_err[name]
        print(f"{name:12}{ours:12.6f}{differences:14.6f}{theirs:12.6f}{error:22.6f}")
        assert abs(ours - theirs) < 0.05 * error, f"{name} differs from arch's by more than 5 % of its standard error"

    volatility = conditional_volatility(fits["srcgrad"].parameters, returns, first_variance)
    save_picture(series.index, returns, volatility, options.picture)
    print(f"\npicture: {options.picture}")


if __name__ == "__main__":
    main()
