"""Benchmarks: each is a script, ``python -m tests.benchmarks.NAME``, that prints a table of ratios.

Nothing is asserted about times.  What is compared runs interleaved in one process, so that a ratio is fair even on
a busy machine.
"""
