"""The verbs of dev.py: each sets the machine up, then runs one tool."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from io import TextIOWrapper
from typing import NamedTuple

from commands import ROOT, SetupError, run_quietly, say
from environment import clean_environment, make_venv, provide_packages, venv_python, venv_version
from machine import (
    DESKTOP_PARTS,
    QT_PARTS,
    VENV_MODULE,
    WINDOW_PARTS,
    SystemPart,
    has_display,
    is_linux,
    provide_parts,
)
from turns import turn

# Beside .venv and not in it: a broken .venv is taken away while the lock is held.
SETUP_LOCK = ROOT / ".venv.lock"


def set_up(verb: str) -> None:
    """Make this machine ready for `verb`; quick when it already is."""
    with turn(SETUP_LOCK):
        provide_everything(verb)


def provide_everything(verb: str) -> None:
    """Make what `verb` needs: the system's parts, the environment, the packages."""
    version = venv_version()
    necessary: list[SystemPart] = []
    wanted: list[SystemPart] = []
    if is_linux():
        if not version:
            debian = "python{}.{}-venv".format(*sys.version_info[:2])
            necessary.append(SystemPart(VENV_MODULE, debian, "python3", "python"))
        if VERBS[verb].needs_qt:
            necessary.extend(QT_PARTS)
        if verb == "run" and has_display():
            necessary.extend(WINDOW_PARTS)
        if verb in ("test", "check", "bench"):
            wanted.extend([*WINDOW_PARTS, *DESKTOP_PARTS])
    provide_parts(necessary, wanted)
    if not version:
        make_venv()
        version = "{}.{}".format(*sys.version_info[:2])
    provide_packages(version)


def run_visibly(arguments: Sequence[str], **settings: str) -> int:
    """Run .venv's Python with `arguments`, its output going straight to the terminal."""
    environment = clean_environment()
    for name, value in settings.items():
        environment.setdefault(name, value)
    command = [str(venv_python()), *arguments]
    with subprocess.Popen(command, cwd=ROOT, env=environment) as child:
        while True:
            try:
                return child.wait()
            except KeyboardInterrupt:
                # The child got the same Ctrl-C: it puts its own processes away, then ends.
                continue


def run_tools(verb: str, tools: Sequence[tuple[str, Sequence[str]]]) -> int:
    """Run tools one after the other; say which passed, and all that a failing one says."""
    for name, arguments in tools:
        code, printed = run_quietly([str(venv_python()), *arguments], clean_environment())
        if code != 0:
            say(printed.rstrip())
            say(f"{verb} failed: {name}")
            return code
        say(f"{verb}: {name} passed")
    return 0


def lint() -> int:
    """Style, form, and the one-way rule between the rooms."""
    import_rules = "from importlinter.cli import lint_imports_command as c; c()"
    tools = (
        ("ruff check", ["-m", "ruff", "check", "."]),
        ("ruff format", ["-m", "ruff", "format", "--check", "."]),
        ("import-linter", ["-c", import_rules]),
    )
    return run_tools("lint", tools)


def types() -> int:
    """Check the types of the package and of these scripts."""
    return run_tools("types", (("mypy", ["-m", "mypy", "--strict"]),))


def run_app(arguments: Sequence[str]) -> int:
    """Open the demo."""
    return run_visibly(["-m", "playground", "demo", *arguments])


# A worker takes whole files: what the tests of a file share is made once.
IN_PARALLEL = ("-n", "auto", "--dist", "loadfile")
QUICK = ("-m", "not slow and not desktop", *IN_PARALLEL, "-q")
COVERAGE = ("--cov", "--cov-report=term:skip-covered")


def test(arguments: Sequence[str]) -> int:
    """Run the tests; pytest's closing line is the last that is printed.

    All tests run in parallel and are measured for coverage. A selection runs in one process, and
    neither it nor `--quick` is measured.
    """
    words = list(arguments)
    if "--quick" in words:
        words.remove("--quick")
        words = [*QUICK, *words]
    elif not words:
        words = [*IN_PARALLEL, *COVERAGE]
    return run_visibly(["-m", "pytest", *words], QT_QPA_PLATFORM="offscreen")


def bench(arguments: Sequence[str]) -> int:
    """Measure."""
    return run_visibly(["-m", "tests.bench", *arguments], QT_QPA_PLATFORM="offscreen")


def messages() -> int:
    """Extract every text that a person sees into playground/locale/playground.pot."""
    return run_visibly(["packaging/messages.py"], QT_QPA_PLATFORM="offscreen")


def docs() -> int:
    """Build the documentation site into site/; a broken link fails."""
    return run_visibly(
        ["-m", "mkdocs", "build", "--strict"],
        QT_QPA_PLATFORM="offscreen",
        NO_MKDOCS_2_WARNING="1",
    )


def check() -> int:
    """Run lint, types and test; stop at the first that fails."""
    for name, step in (("lint", lint), ("types", types)):
        code = step()
        if code != 0:
            say(f"check stopped at {name}")
            return code
    return test([])


class Verb(NamedTuple):
    """One word of dev.py: what it runs, and what that needs."""

    run: Callable[[Sequence[str]], int]
    takes_arguments: bool = True
    needs_qt: bool = True


# Looked up when called, so that a step can be exchanged in a test.
VERBS = {
    "run": Verb(lambda words: run_app(words)),
    "test": Verb(lambda words: test(words)),
    "lint": Verb(lambda words: lint(), takes_arguments=False, needs_qt=False),
    "types": Verb(lambda words: types(), takes_arguments=False, needs_qt=False),
    "bench": Verb(lambda words: bench(words)),
    "messages": Verb(lambda words: messages(), takes_arguments=False),
    "docs": Verb(lambda words: docs(), takes_arguments=False),
    "check": Verb(lambda words: check(), takes_arguments=False),
}


def main(words: Sequence[str], usage: str) -> int:
    """Run `VERB [ARGUMENTS]`; return the exit code."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a Windows console may lack a tool's letters
    verb, arguments = (words[0] if words else "--help"), list(words[1:])
    if verb in ("-h", "--help", "help"):
        say(usage.strip())
        return 0 if words else 2
    if verb not in VERBS:
        say(f"dev.py: unknown verb {verb!r}. Available: {', '.join(VERBS)}.")
        return 2
    if arguments and not VERBS[verb].takes_arguments:
        say(f"dev.py: {verb} takes no arguments, got: {' '.join(arguments)}")
        return 2
    try:
        set_up(verb)
        return VERBS[verb].run(arguments)
    except SetupError as error:
        say(f"dev.py: {error}")
    except OSError as error:
        say(f"dev.py: {error.strerror or error}: {error.filename or ROOT}")
    except KeyboardInterrupt:
        say("dev.py: stopped")
        return 130
    return 1
