"""The corpus on both backends: ``python -m tests.both_backends`` runs every program on NumPy and compiled by numba.

Prints how many gave the same value and gradient (to 1e-12 of the largest number), were refused, were wrong or
crashed, and each kind of failure with its programs.  Every program runs in a process of its own, which a crash of
compiled code ends and no more.  The whole corpus takes about an hour; the tests take a sample.
"""

from __future__ import annotations

import argparse
import collections
import multiprocessing
import re
import time
import traceback
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from tests.programs import PROGRAMS, Program
from tests.references import Call
from tests.trees import leaves, same
from tests.verdicts import Verdict, fresh_arguments, own_call

TOLERANCE = 1e-12
SECONDS_FOR_ONE = 300


def verdict_on(call: Call) -> Verdict:
    """The verdict on a call compiled by numba, with the NumPy backend as the reference."""
    from srcgrad import SrcgradError, value_and_grad

    plain = value_and_grad(call.function, argnums=call.argnums, backend="numpy")
    compiled = value_and_grad(call.function, argnums=call.argnums, backend="numba")
    try:
        expected = _run(plain, *fresh_arguments(call))
    except SrcgradError as refusal:
        return Verdict("no reference", str(refusal))
    except Exception as error:  # the program's own
        expected = error
    positional, named = fresh_arguments(call)
    try:
        found = _run(compiled, positional, named)
    except SrcgradError as refusal:
        return _refusal(refusal)
    except Exception as error:
        if isinstance(expected, Exception) and type(expected) is type(error):
            return Verdict("right")
        return Verdict("crashed", traceback.format_exc(limit=-6))
    if isinstance(expected, Exception):
        return Verdict("wrong", f"it raises {expected!r} on NumPy, and nothing when it is compiled", compiled.source)
    difference = apart(expected, found, 1e-5 if single_precision(call) else TOLERANCE)
    if difference:
        return Verdict("wrong", difference, compiled.source)
    if not same((positional, named), (call.positional, call.named)):
        return Verdict("wrong", "the arguments were changed", compiled.source)
    return Verdict("right", source=compiled.source)


def _run(function: Callable[..., Any], positional: tuple[Any, ...], named: dict[str, Any]) -> Any:
    with redirect_stdout(StringIO()):
        return function(*positional, **named)


def _refusal(refusal: Exception) -> Verdict:
    """A refusal, if it shows a line of the user's and says what it is that numba does not take."""
    if getattr(refusal, "location", None) is None:
        return Verdict("crashed", f"refused without a line: {refusal}")
    if "Traceback" in str(refusal) or "nopython" in str(refusal):
        return Verdict("crashed", f"numba's own words: {refusal}")
    return Verdict("refused", str(refusal))


def single_precision(call: Call) -> bool:
    """Whether an argument has numbers of single precision."""
    given = [leaf for _, leaf in leaves((call.positional, call.named))]
    return any(getattr(leaf, "dtype", None) in (np.float32, np.complex64) for leaf in given)


def apart(expected: Any, found: Any, tolerance: float) -> str | None:
    """The first difference between two values with gradients, or None."""
    left, right = dict(leaves(expected)), dict(leaves(found))
    if left.keys() != right.keys():
        return f"it has the leaves {sorted(map(str, right))}, not {sorted(map(str, left))}"
    for path, value in left.items():
        other = right[path]
        if np.shape(value) != np.shape(other) or np.result_type(value) != np.result_type(other):
            return f"{path}: {describe(other)} instead of {describe(value)}"
        scale = float(np.max(np.abs(value), initial=1.0, where=np.isfinite(value)))
        if not np.allclose(value, other, rtol=tolerance, atol=tolerance * scale, equal_nan=True):
            return f"{path}: {other!r} instead of {value!r}"
    return None


def describe(value: Any) -> str:
    """A number's type and shape."""
    return f"{np.result_type(value)} of shape {np.shape(value)}"


def isolated(program: Program, seed: int = 0) -> Verdict:
    """The verdict on a program, found in a process of its own."""
    here, there = multiprocessing.Pipe(duplex=False)

    def child(answer: Connection) -> None:
        answer.send(verdict_on(own_call(program, seed)))

    process = multiprocessing.get_context("fork").Process(target=child, args=(there,))
    process.start()
    there.close()
    try:
        verdict = here.recv() if here.poll(SECONDS_FOR_ONE) else Verdict("crashed", "it takes too long")
    except EOFError:
        process.join()
        verdict = Verdict("crashed", f"the process ended with code {process.exitcode}")
    process.kill()
    process.join()
    return verdict


def kind_of(verdict: Verdict) -> str:
    """What verdicts have in common that are likely to have one cause."""
    lines = verdict.detail.strip().splitlines() or [""]
    first = lines[-1] if verdict.outcome == "crashed" else lines[0]
    return f"{verdict.outcome}: {re.sub(r'[0-9]+|0x[0-9a-f]+', 'N', first)[:140]}"


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs", nargs="*", help="names or parts of names; all by default")
    parser.add_argument("--every", type=int, default=1, help="take one program of so many")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--verbose", action="store_true", help="a line for each program as it is judged")
    options = parser.parse_args()
    chosen = [one for one in PROGRAMS if not options.programs or any(part in str(one) for part in options.programs)]
    start = time.perf_counter()
    kinds: dict[str, list[str]] = collections.defaultdict(list)
    details: dict[str, str] = {}
    counts: collections.Counter[str] = collections.Counter()
    for program in chosen[:: options.every]:
        verdict = isolated(program, options.seed)
        counts[verdict.outcome] += 1
        if options.verbose:
            print(f"{program}: {verdict.outcome} {verdict.detail.splitlines()[:1]}", flush=True)
        if verdict.outcome != "right":
            kinds[kind_of(verdict)].append(str(program))
            details.setdefault(kind_of(verdict), verdict.detail)
    print(f"{dict(counts)} in {time.perf_counter() - start:.0f} s")
    for kind, names in sorted(kinds.items(), key=lambda entry: -len(entry[1])):
        print(f"\n=== {len(names)} x {kind}\n{' '.join(names)}\n{details[kind][-900:]}")


if __name__ == "__main__":
    main()
