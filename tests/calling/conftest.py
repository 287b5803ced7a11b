from __future__ import annotations

import itertools

import pytest

from tests.calling.differences import Differences

numbers = itertools.count()


@pytest.fixture(autouse=True)
def differences(monkeypatch: pytest.MonkeyPatch) -> Differences:
    """Derivatives by differences in place of the pipeline's."""
    from srcgrad.calling import sharing, specialising

    made = Differences()
    # Specialisations live as long as their functions: those of other tests are not to be found here.
    monkeypatch.setattr(sharing, "ATTRIBUTE", f"derivatives in test {next(numbers)}")
    monkeypatch.setattr(specialising.pipeline, "generate", made.generate)
    return made
