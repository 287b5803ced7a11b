"""The cache on disk: a second process compiles nothing, and nothing is loaded that srcgrad did not write."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from srcgrad import clear_cache
from srcgrad.compiled import store

PROGRAM = """
import logging, sys
import numpy as np
from srcgrad import grad
logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(levelname)s %(message)s")
SCALE = float(sys.argv[1])

def energy(x):
    total = 0.0
    for i in range(len(x)):
        total += np.sin(x[i]) * x[i] * SCALE
    return total

print(grad(energy, backend="numba")(np.arange(4.0)).tolist())
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("SRCGRAD_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "program.py"
    path.write_text(PROGRAM)
    return path


def start(script, scale=1.0):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, str(script), str(scale)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def output(process):
    text = process.communicate(timeout=300)[0]
    assert process.returncode == 0, text
    return text


def entries(folder: Path):
    return sorted(folder.glob("*.code"))


def test_a_second_process_compiles_nothing(folder, script):
    both = [start(script), start(script)]  # on a cold cache at once
    first, at_once = (output(process) for process in both)
    assert first.splitlines()[-1] == at_once.splitlines()[-1]
    assert "compiled energy_grad_compiled in" in first
    again = output(start(script, 2.0))
    assert "from the cache" in again and "nothing was compiled" in again
    assert [2.0 * value for value in eval(first.splitlines()[-1])] == eval(again.splitlines()[-1])
    assert folder.stat().st_mode & 0o777 == 0o700
    for path in entries(folder):  # damaged: one byte is another
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    damaged = output(start(script))
    assert "it is damaged" in damaged and "compiled energy_grad_compiled in" in damaged
    assert damaged.splitlines()[-1] == first.splitlines()[-1]


class Intruder:
    def __reduce__(self):
        return os.mkdir, (os.environ["INTRUDER"],)


def test_what_srcgrad_did_not_write_is_not_loaded(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("INTRUDER", str(tmp_path / "was_here"))
    store.save("name", b"payload")
    assert store.load("name") == b"payload"
    (path,) = entries(folder)
    path.write_bytes(pickle.dumps(Intruder()))
    assert store.load("name") is None
    assert not path.exists() and not (tmp_path / "was_here").exists()


def test_entries_cannot_be_exchanged(folder):
    store.save("one", b"1")
    store.save("other", b"2")
    os.replace(folder / "one.code", folder / "other.code")
    assert store.load("other") is None


def test_files_that_others_can_write_are_ignored(folder):
    store.save("name", b"payload")
    (path,) = entries(folder)
    path.chmod(0o666)
    assert store.load("name") is None
    store.save("name", b"payload")
    assert store.load("name") == b"payload"
    folder.chmod(0o755)
    assert store.load("name") is None


def test_a_link_is_no_folder_of_ours(folder, tmp_path):
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    folder.symlink_to(tmp_path / "elsewhere")
    store.save("name", b"payload")
    assert not list((tmp_path / "elsewhere").iterdir())


def test_the_least_recently_used_go(folder, monkeypatch):
    monkeypatch.setattr(store, "MOST_BYTES", 3000)
    for number, name in enumerate(("one", "two")):
        store.save(name, bytes(1000))
        os.utime(folder / f"{name}.code", (number, number))
    assert store.load("one") is not None  # used just now
    store.save("three", bytes(1000))
    assert store.load("two") is None and store.load("one") is not None and store.load("three") is not None


def test_clearing(folder):
    clear_cache()  # where there is none
    store.save("name", b"payload")
    clear_cache()
    assert store.load("name") is None and not entries(folder)
