"""The examples run as a user runs them, and print what they promise."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"


def run(name: str, *options: str) -> str:
    """What an example prints."""
    environment = {key: value for key, value in os.environ.items() if key != "TQDM_DISABLE"} | {"PYTHONPATH": str(ROOT)}
    finished = subprocess.run(
        [sys.executable, str(EXAMPLES / name), *options],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env=environment,
    )
    assert finished.returncode == 0, f"{finished.stdout}\n{finished.stderr}"
    return finished.stdout + finished.stderr


def test_every_example_is_tested() -> None:
    tested = set(re.findall(r'"(\w+\.py)"', Path(__file__).read_text()))
    assert {path.name for path in EXAMPLES.glob("*.py")} <= tested


def test_autograd_tour() -> None:
    printed = run("autograd_tour.py")
    assert "dy/dx = [ 0.  4.  8. 12.]" in printed
    assert "[ 1.  5.  9. 13.]" in printed
    assert "All results are as they should be." in printed


def test_digits(tmp_path: Path) -> None:
    picture = tmp_path / "loss.png"
    printed = run("digits.py", "--picture", str(picture))
    accuracy = re.search(r"unseen images: ([\d.]+)%", printed)
    assert accuracy is not None and float(accuracy[1]) > 95.0
    assert "epoch 20/20: 100%" in printed
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_garch(tmp_path: Path) -> None:
    picture = tmp_path / "volatility.png"
    printed = run("garch.py", "--picture", str(picture))
    rows = {line.split()[0]: line.split()[1:] for line in printed.splitlines() if line and not line[0].isspace()}
    iterations, calls, _, value = map(float, rows["srcgrad"])
    _, differences_calls, _, differences_value = map(float, rows["differences"])
    assert abs(value - differences_value) < 1e-3 and iterations <= calls < differences_calls
    assert {"mu", "omega", "alpha[1]", "beta[1]"} <= rows.keys()
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_show_adjoint() -> None:
    printed = run("show_adjoint.py")
    assert "def relax(x, w, n, tol):" in printed and "def relax_grad(x, w, n, tol):" in printed
    numbers = re.search(r"x_bar = \[(.*)\]\nw_bar = (.*)", printed)
    assert numbers is not None
    x_bar, w_bar = [float(number) for number in numbers[1].split()], float(numbers[2])
    expected = [-0.33705678, -0.54277783, -2.88784256]
    assert max(abs(ours - theirs) for ours, theirs in zip(x_bar, expected)) < 1e-7
    assert abs(w_bar + 3.9509857776) < 1e-7


def test_elimination() -> None:
    printed = run("elimination.py", "--size", "12", "--systems", "10")
    assert "10 systems of 12 equations" in printed and "systems: 100%" in printed
    worst = re.search(r"between the two gradients: (.*)", printed)
    assert worst is not None and float(worst[1]) < 1e-8
    assert "# A[i, k:] -= factor * A[k, k:]" in printed


def test_heat_inverse(tmp_path: Path) -> None:
    picture = tmp_path / "plates.png"
    printed = run("heat_inverse.py", "--picture", str(picture))
    error = re.search(r"relative error of the start: ([\d.]+) before, ([\d.]+) after", printed)
    assert error is not None and float(error[2]) < 0.6 * float(error[1])
    unexplained = re.search(r"unexplained at the end: (\S+), with noise of 1.0e-03", printed)
    assert unexplained is not None and float(unexplained[1]) < 5e-3
    assert "through 300 steps of 4096 points" in printed and "L-BFGS: 100%" in printed
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_orbit(tmp_path: Path) -> None:
    picture = tmp_path / "orbit.png"
    printed = run("orbit.py", "--steps", "200", "--output", str(picture))
    misses = [float(miss) for miss in re.findall(r"misses by ([\d.e+-]+) au", printed)]
    # Newton's method converges quadratically only with the right Jacobian.
    assert len(misses) <= 7 and misses[-1] < 1e-12
    assert "Newton" in printed and picture.stat().st_size > 10_000


def test_pinn(tmp_path: Path) -> None:
    picture = tmp_path / "pinn.png"
    printed = run("pinn.py", "--steps", "400", "--output", str(picture))
    found = re.search(r"largest error of the solution: ([\d.e+-]+)", printed)
    assert found is not None and float(found.group(1)) < 0.02
    assert "training" in printed and picture.stat().st_size > 10_000
