"""Tests compile into a folder of their own."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def own_cache_folder(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("SRCGRAD_CACHE", str(tmp_path_factory.getbasetemp() / "srcgrad-cache"))
