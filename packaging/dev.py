#!/usr/bin/env python3
"""Set Playground up and run, test or check it: one command, on a bare machine or a ready one.

    python3 packaging/dev.py run        open the demo (further words go to it)
    python3 packaging/dev.py test       run the tests (further words go to pytest)
    python3 packaging/dev.py test --quick   without the slow ones, on all cores
    python3 packaging/dev.py lint       ruff and the import rules
    python3 packaging/dev.py types      mypy
    python3 packaging/dev.py bench      measure (further words go to the benchmarks)
    python3 packaging/dev.py messages   extract the texts to translate
    python3 packaging/dev.py docs       build the documentation site into site/
    python3 packaging/dev.py check      lint, types and test: all that CI runs

Each installs what is missing first: a virtual environment in .venv, the packages in it, and on
Linux the system libraries that Qt loads. What cannot be installed is named, with the command that
does it.
"""

import sys

OLDEST_PYTHON = (3, 11)


def refusal(version, executable):
    # type: (tuple[int, ...], str) -> str
    """Return why this Python cannot run Playground, in one line; "" when it can.

    This file is written so that any Python can read it, and print why it is refused.
    """
    if version[:2] >= OLDEST_PYTHON:
        return ""
    needs, has = (".".join(map(str, numbers)) for numbers in (OLDEST_PYTHON, version[:3]))
    return (
        "dev.py: Playground needs Python {} or newer; this is Python {} ({}). "
        "Install a newer one and start this script with it."
    ).format(needs, has, executable)


if __name__ == "__main__":
    REFUSAL = refusal(sys.version_info[:3], sys.executable)
    if REFUSAL:
        sys.exit(REFUSAL)
    from verbs import main

    sys.exit(main(sys.argv[1:], usage=__doc__ or ""))
