"""Print a line, run a command: used by the other modules of packaging/."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class SetupError(Exception):
    """Something is missing; the message names it and the command that installs it."""


def say(line: str) -> None:
    """Print one line now, before a child process prints its own."""
    print(line, flush=True)


def run_quietly(command: Sequence[str], environment: Mapping[str, str]) -> tuple[int, str]:
    """Run a command from the repository's root; return its exit code and all it printed."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    return done.returncode, done.stdout
