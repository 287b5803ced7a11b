"""Write the kept modules anew: ``python -m tests.golden.regenerate``, with names for some of them only."""

from __future__ import annotations

import sys

from tests.golden.generated import PROGRAMS, generated_text, kept


def main(names: list[str]) -> None:
    """Write the modules whose text has changed, and say which."""
    for program in PROGRAMS:
        if names and program.name not in names:
            continue
        text = generated_text(program)
        path = kept(program)
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
            print(f"written: {path.name}")


if __name__ == "__main__":
    main(sys.argv[1:])
