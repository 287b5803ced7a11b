"""Tests of srcgrad: the layout mirrors the package."""
