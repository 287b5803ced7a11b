"""Settings for the whole test suite."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# A program takes its time to be generated, transformed and compared with differences.  The same examples are drawn each
# time; "thorough" and tests.random_run look for new ones.
settings.register_profile("default", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", parent=settings.get_profile("default"), derandomize=False, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
