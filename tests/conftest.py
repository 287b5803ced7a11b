"""Settings for the whole test suite."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# A program takes its time to be generated, transformed and compared with differences.
settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", parent=settings.get_profile("default"), max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
