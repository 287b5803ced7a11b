"""Judge many random programs: ``python -m tests.random_run 10000 --writes --seed 0``.

Prints how many came out right, refused, wrong or crashed, and each kind of failure with its smallest example.
``--mode forward`` judges forward mode, ``--mode second`` Hessian products (forward over reverse), and ``--mode numba``
compiled gradients.
"""

from __future__ import annotations

import argparse
import collections
import re
import signal
import sys
import time
from random import Random
from types import ModuleType

import srcgrad
from tests.forward_verdicts import judge_forward, judge_hessian
from tests.generator import RandomProgram, loaded, random_program
from tests.reducer import reduced
from tests.references import Call, NoReference, quickly
from tests.verdicts import Verdict, judge

# Seconds of CPU time.
SECONDS_FOR_ONE = 20
# Where a second transformation or a compilation comes on top.
SECONDS_FOR_TWO = 120


def verdict_on(program: RandomProgram, seed: int, mode: str = "reverse") -> Verdict:
    """The verdict on a program; what takes too long counts as a crash."""
    signal.setitimer(signal.ITIMER_PROF, SECONDS_FOR_ONE if mode in ("reverse", "forward") else SECONDS_FOR_TWO)
    try:
        call, continued = program.calls(seed)
        make_importable(call)
        return _judged(call, continued, mode)
    except TimeoutError as error:
        return Verdict("crashed", f"TimeoutError: {error}")
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _judged(call: Call, continued: Call, mode: str) -> Verdict:
    """The verdict on a call in one mode; a reference is found only where there is something to compare with it."""
    if mode == "second":
        return judge_hessian(call)
    if mode == "forward":
        return judge_forward(call, quickly(call, continued))
    hasty = judge(call, NoReference("not asked"), mode == "numba")
    return hasty if hasty.outcome != "no reference" else judge(call, quickly(call, continued), mode == "numba")


def make_importable(call: Call) -> None:
    """Let generated modules import the program's helpers, as from any module."""
    module = ModuleType("random_program")
    vars(module).update(call.function.__globals__)
    sys.modules["random_program"] = module


def kind_of_failure(verdict: Verdict) -> str:
    """What failures have in common that are likely to have one cause."""
    lines = verdict.detail.strip().splitlines() or [""]
    first = lines[0] if verdict.outcome == "refused" else lines[-1] if verdict.outcome == "crashed" else lines[0][:15]
    places = [line.strip() for line in lines if "/srcgrad/" in line]
    where = places[-1].rpartition("/srcgrad/")[2] if places and verdict.outcome == "crashed" else ""
    return f"{verdict.outcome}: {re.sub(r'[0-9]+|0x[0-9a-f]+', 'N', first)[:110]} {where}".strip()


def smallest(program: RandomProgram, seed: int, kind: str, mode: str) -> str:
    """The program cut down to what still fails in the same way."""

    def interesting(text: str) -> bool:
        try:
            candidate = RandomProgram(text, program.floats, program.arrays, program.matrices)
            loaded(text, "<candidate>")(*candidate.arguments(seed))
            return kind_of_failure(verdict_on(candidate, seed, mode)) == kind
        except Exception:  # a cut that breaks the program is no candidate
            return False

    return reduced(program.text, interesting, 200)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int)
    parser.add_argument("--writes", action="store_true", help="programs that write into arrays")
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--refusals", action="store_true", help="show what is refused too")
    parser.add_argument("--no-reduce", action="store_true", help="show programs as they were generated")
    parser.add_argument("--mode", choices=["reverse", "forward", "second", "numba"], default="reverse")
    options = parser.parse_args()
    if options.mode == "numba":
        srcgrad.set_default_backend("numba")

    def too_long(*_: object) -> None:
        raise TimeoutError("it takes too long")

    signal.signal(signal.SIGPROF, too_long)
    start = time.perf_counter()
    counts: collections.Counter[str] = collections.Counter()
    failures: dict[str, list[tuple[int, RandomProgram, Verdict]]] = collections.defaultdict(list)
    for seed in range(options.seed, options.seed + options.count):
        program = random_program(Random(seed), options.writes)
        verdict = verdict_on(program, seed, options.mode)
        counts[verdict.outcome] += 1
        if verdict.outcome in ("wrong", "crashed") or (options.refusals and verdict.outcome == "refused"):
            failures[kind_of_failure(verdict)].append((seed, program, verdict))
    print(f"{dict(counts)} in {time.perf_counter() - start:.0f} s")
    for kind, found in sorted(failures.items(), key=lambda entry: -len(entry[1])):
        seed, program, verdict = min(found, key=lambda entry: len(entry[1].text))
        text = program.text if options.no_reduce else smallest(program, seed, kind, options.mode)
        seeds = [entry[0] for entry in found[:8]]
        print(f"\n=== {len(found)} x {kind}\nseeds {seeds}\n{text}\n{verdict.detail[-700:]}")


if __name__ == "__main__":
    main()
