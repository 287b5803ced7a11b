"""Rules for SciPy, loaded when a program that has imported that part of SciPy is differentiated."""

from __future__ import annotations
