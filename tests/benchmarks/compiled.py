"""Compiled gradients against the compiled primal and against others: ``python -m tests.benchmarks.compiled``.

All contenders take turns in one process on one processor.  Each gradient is compared with srcgrad's on NumPy before
it is timed.  "first" and "second" are the first call's seconds in a process with an empty cache and in the next one:
transformation, compiling and loading.

Targets: gradient / numba primal at most 3 (2 for linear kernels); at least 15 times faster than JAX on loops over
numbers (geometric mean), twice on arrays in loops, never slower.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.contenders import Action, Entry, entries, makers
from tests.benchmarks.timing import duration, interleaved, print_table, ratio

CONTENDERS = "primal numpy,primal numba,srcgrad numpy,srcgrad numba,JAX,PyTorch,autograd,tangent".split(",")
COMPILED = frozenset({"primal numba", "srcgrad numba", "JAX"})
SECONDS_FOR_A_CALL = 30
Measured = dict[str, Any]
ONE_THREAD = {
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
}


def measured(entry: Entry, seconds: float, first_only: bool) -> Measured:
    """Seconds for a call of each contender, seconds of its first call, and why some have none."""
    actions: dict[str, Action] = {}
    first: dict[str, float] = {}
    failures: dict[str, str] = {}
    slow: dict[str, float] = {}
    reference: Any = None
    for contender, make in makers(entry).items():
        if first_only and contender not in ("srcgrad numba", "JAX"):
            continue
        signal.alarm(SECONDS_FOR_A_CALL)
        try:
            began = time.perf_counter()
            action = make()
            if action is None:
                continue
            result = action()
            first[contender] = time.perf_counter() - began
            if contender == "srcgrad numpy":
                reference = result
            elif reference is not None:
                compare(result, reference)
            actions[contender] = action
            if contender not in COMPILED:
                began = time.perf_counter()
                action()
                again = time.perf_counter() - began
                if again > seconds / 20.0:  # one call says enough
                    slow[contender] = again
        except Exception as error:
            failures[contender] = f"{type(error).__name__}: {' '.join(str(error).split())[:150]}"
        finally:
            signal.alarm(0)
    times: dict[str, float] = {}
    if not first_only:
        actions["arguments"] = entry.fresh_arguments
        times = interleaved({name: one for name, one in actions.items() if name not in slow}, seconds) | slow
        copying = times.pop("arguments")
        for contender in ("primal numpy", "primal numba", "tangent"):
            if contender in times and contender not in slow:
                times[contender] = max(times[contender] - copying, 1e-9)
    return {"times": times, "first": first, "failures": failures}


def compare(found: Any, expected: Any) -> None:
    """Raise where a gradient is not the expected one."""
    found = found if isinstance(found, tuple | list) else (found,)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(np.asarray(one), other, rtol=1e-6, atol=1e-8)


def in_a_process(name: str, options: argparse.Namespace, cache: str, first_only: bool) -> Measured:
    """The measurements of one program, by a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.compiled", "--one", name, "--seconds", str(options.seconds)]
    command += ["--size", options.size, *(["--first-only"] if first_only else [])]
    environment = {**os.environ, **ONE_THREAD, "SRCGRAD_CACHE": cache}
    made = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True)
    last = made.stdout.splitlines()[-1:] or ["{}"]
    if made.returncode:
        return {"times": {}, "first": {}, "failures": {"all": f"the process ended with code {made.returncode}"}}
    return dict(json.loads(last[0]))


def geometric_mean(values: list[float]) -> float:
    """The geometric mean, NaN of nothing."""
    return math.exp(sum(map(math.log, values)) / len(values)) if values else math.nan


def print_results(results: dict[str, Measured], groups: dict[str, str]) -> None:
    """The tables."""
    rows, ratios, first = [], [], []
    by_group: dict[str, dict[str, list[float]]] = {}
    for name, result in results.items():
        times = result["times"]
        rows.append([name, *(duration(times[one]) if one in times else "-" for one in CONTENDERS)])
        ours, primal = times.get("srcgrad numba"), times.get("primal numba")
        compared = {"gradient / primal": (ours, primal)}
        compared |= {"on NumPy": (times.get("srcgrad numpy"), times.get("primal numpy"))}
        compared |= {one: (times.get(one), ours) for one in CONTENDERS[4:]}
        for column, (above, below) in compared.items():
            if above and below:
                by_group.setdefault(groups[name], {}).setdefault(column, []).append(above / below)
        ratios.append([name, *(ratio(above, below) if above and below else "-" for above, below in compared.values())])
        again = result.get("again", {})
        first.append([name, *(
            duration(found[one]) if one in found else "-"
            for one in ("srcgrad numba", "JAX") for found in (result["first"], again)
        )])  # fmt: skip
    columns = ["gradient / primal", "on NumPy", *CONTENDERS[4:]]
    for group, found in by_group.items():
        means = (geometric_mean(found.get(column, [])) for column in columns)
        ratios.append([f"mean of {group}", *("-" if math.isnan(mean) else f"{mean:.2f}" for mean in means)])
    print_table("seconds of a call", ["program", *CONTENDERS], rows)
    heads = ["program", "numba: gradient / primal", "NumPy: gradient / primal"]
    print_table("ratios", [*heads, *(f"{one} / srcgrad numba" for one in CONTENDERS[4:])], ratios)
    heads = ["program", "srcgrad first", "srcgrad second", "JAX first", "JAX second"]
    print_table("seconds of the first call", heads, first)
    for name, result in results.items():
        for contender, reason in result["failures"].items():
            print(f"{name}, {contender}: {reason}")


def picture(results: dict[str, Measured], path: Path) -> None:
    """Each contender's time over the numba primal's, program by program."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    shown = [name for name, result in results.items() if "primal numba" in result["times"]]
    figure, axes = plt.subplots(figsize=(9, 0.3 * len(shown) + 1.5))
    for contender, mark in zip(CONTENDERS[2:], "o*sDv^"):
        places = [place for place, name in enumerate(shown) if contender in results[name]["times"]]
        times = [results[shown[place]]["times"] for place in places]
        over = [one[contender] / one["primal numba"] for one in times]
        axes.plot(over, places, mark, label=contender, markersize=9 if mark == "*" else 5)
    axes.axvline(3.0, color="gray", linewidth=0.8)
    axes.set(xscale="log", yticks=range(len(shown)), yticklabels=shown, xlabel="gradient / primal compiled by numba")
    axes.invert_yaxis()
    axes.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(path, dpi=120)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=3.0, help="for each program")
    parser.add_argument("--size", choices=["small", "interpreted", "compiled"], default="compiled", help="of kernels")
    parser.add_argument("--picture", type=Path, default=Path("examples/compiled.png"))
    parser.add_argument("--save", type=Path, help="where the measurements go, as JSON")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--first-only", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("programs", nargs="*", help="names; all by default")
    options = parser.parse_args()

    def too_long(*_: object) -> None:
        raise TimeoutError(f"more than {SECONDS_FOR_A_CALL} seconds")

    signal.signal(signal.SIGALRM, too_long)
    found = entries(options.size)
    if options.one:
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
        (entry,) = [one for one in found if one.name == options.one]
        print(json.dumps(measured(entry, options.seconds, options.first_only)))
        return
    results: dict[str, Measured] = {}
    for entry in found:
        if options.programs and entry.name not in options.programs:
            continue
        with tempfile.TemporaryDirectory() as folder:
            cache = str(Path(folder) / "cache")
            results[entry.name] = in_a_process(entry.name, options, cache, False)
            results[entry.name]["again"] = in_a_process(entry.name, options, cache, True)["first"]
        print(f"{entry.name}: {results[entry.name]['times']}", file=sys.stderr, flush=True)
    if options.save:
        options.save.write_text(json.dumps(results))
    print_results(results, {entry.name: entry.group for entry in found})
    picture(results, options.picture)


if __name__ == "__main__":
    main()
