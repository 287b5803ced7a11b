"""Analyses of programs."""
