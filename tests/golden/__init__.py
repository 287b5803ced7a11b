"""Generated modules that are kept, compared and run: ``python -m tests.golden.regenerate`` writes them anew."""
