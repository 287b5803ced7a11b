from __future__ import annotations

import importlib.util
import itertools
import sys
import types

import pytest

from tests.calling.differences import Differences

if importlib.util.find_spec("srcgrad.pipeline") is None:
    import dataclasses

    from srcgrad.analyse.kinds.values import kind_of
    from srcgrad.read.callables import resolve

    module = types.ModuleType("srcgrad.pipeline")
    module.Request = dataclasses.make_dataclass(
        "Request", ["function", "kinds", "wrt", "form", "has_aux", "result"], frozen=True
    )
    module.Generated = object
    module.generate = None
    module.kind_of = kind_of
    module.resolve = resolve
    sys.modules["srcgrad.pipeline"] = module

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
