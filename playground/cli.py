"""The command line: parses the arguments, runs the verb, and reports an error in one line.

Start-up has to be quick, so only argparse and gettext are loaded here: each verb loads the rest.
"""

from __future__ import annotations

import argparse
import difflib
import multiprocessing
import os
import re
import sys
import traceback
from collections.abc import Callable, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import NoReturn

from playground import __version__
from playground.translation import N_, tr

INTERRUPTED, BROKEN_PIPE = 130, 141
DEVICES = ("auto", "cpu", "cuda", "mps")
SIZE = re.compile(r"([1-9]\d{1,4})[x×]([1-9]\d{1,4})")
LARGEST = 10**12

Verb = Callable[[argparse.Namespace], int]
Declare = Callable[[argparse.ArgumentParser], None]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code: 1 if it failed, 2 for wrong usage."""
    # In a frozen program, the engine's process starts here as well.
    multiprocessing.freeze_support()
    words = list(sys.argv[1:] if argv is None else argv)
    is_debugging = "--debug" in words
    words = [word for word in words if word != "--debug"]
    _spare_old_consoles()
    try:
        arguments = _read(words)
        code: int = arguments.run(arguments)
        if sys.stdout is not None:  # None if a window was opened without a console
            sys.stdout.flush()
        return code
    except SystemExit as error:  # argparse has printed the error
        return error.code if isinstance(error.code, int) else 2
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader has what it wanted. Python would complain again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except Exception as error:
        if is_debugging:
            traceback.print_exc()
        else:
            print(f"playground: {_in_one_line(error)}", file=sys.stderr)
        return 1


def _spare_old_consoles() -> None:
    # Some consoles of Windows have no × or ², which is no reason to fail.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def _in_one_line(error: Exception) -> str:
    text, value_type = " ".join(str(error).split()), type(error)
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    if isinstance(error, ImportError):
        return tr(
            "A required component could not be loaded: {error} (see playground doctor)", error=text
        )
    if value_type.__module__.startswith("playground.") or value_type in (
        ValueError,
        OSError,
        TimeoutError,
    ):
        return text or value_type.__name__
    return tr(
        "{kind}: {message} (unexpected error; --debug shows the traceback)",
        kind=value_type.__name__,
        message=text,
    )


def _read(words: Sequence[str]) -> argparse.Namespace:
    parser = _parser()
    if not words:
        words = ["open"]
    elif not words[0].startswith("-") and words[0] not in VERBS:
        _refuse_mistyped(parser, words[0])
        words = ["open", *words]
    return parser.parse_args(words)


def _refuse_mistyped(parser: argparse.ArgumentParser, word: str) -> None:
    if Path(word).suffix or os.sep in word or Path(word).exists():
        return
    near = difflib.get_close_matches(word, VERBS, 1, 0.6)
    if near:
        parser.error(
            tr("Unknown verb or file '{word}': did you mean {near}?", word=word, near=near[0])
        )
    parser.error(tr("Unknown verb or file '{word}': see playground --help", word=word))


# Arguments


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Print the error and the usage in one line, and exit with code 2."""
        usage = " ".join(self.format_usage().split())
        print(f"playground: {message} ({usage})", file=sys.stderr)
        raise SystemExit(2)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="playground",
        usage="playground [FILE] | playground VERB ...",
        description=tr("Draw a neural network, train it, and watch it learn."),
        epilog=tr(
            "FILE is a .nplay or a project.json. Run playground VERB --help for the options."
        ),
    )
    parser.add_argument("--version", action="version", version=f"playground {__version__}")
    parser.add_argument("--debug", action="store_true", help=tr("show a traceback on errors"))
    verbs = parser.add_subparsers(
        title=tr("verbs"), metavar="VERB", prog="playground", required=True
    )
    for name, (summary, declare, run) in VERBS.items():
        text = tr(summary)
        verb = verbs.add_parser(name, help=text, description=text, allow_abbrev=False)
        declare(verb)
        verb.set_defaults(run=run)
    return parser


_wrong = argparse.ArgumentTypeError


def _count(text: str) -> int:
    number = _whole(text)
    if number < 1:
        raise _wrong(tr("expected 1 or more, got {got}", got=text))
    return number


def _whole(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        raise _wrong(tr("expected a whole number, got '{got}'", got=text)) from None
    if not 0 <= number <= LARGEST:
        raise _wrong(tr("expected 0 to {limit:,}, got {got}", limit=LARGEST, got=text))
    return number


def _seed(text: str) -> int:
    number = _whole(text)
    if number >= 2**31:
        raise _wrong(tr("expected less than {limit:,}, got {got}", limit=2**31, got=text))
    return number


def _size(text: str) -> tuple[int, int]:
    found = SIZE.fullmatch(text)
    if found is None:
        raise _wrong(tr("expected WIDTHxHEIGHT such as 1440x900, got '{got}'", got=text))
    return int(found[1]), int(found[2])


# Verbs: the arguments of each, and the function that runs it


def _takes_file(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("file", metavar="FILE", type=Path, help=tr("a .nplay or a project.json"))


def _takes_json(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--json", action="store_true", help=tr("print JSON"))


def _open_takes(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("file", metavar="FILE", type=Path, nargs="?", help=tr("the project to open"))


def _demo_takes(verb: argparse.ArgumentParser) -> None:
    pass


def _new_takes(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("template", metavar="TEMPLATE", nargs="?", help=tr("a template; see --list"))
    verb.add_argument("file", metavar="FILE", type=Path, nargs="?", help=tr("the file to write"))
    verb.add_argument("--list", action="store_true", help=tr("list the templates"))
    verb.add_argument("--force", action="store_true", help=tr("overwrite an existing file"))


def _check_takes(verb: argparse.ArgumentParser) -> None:
    _takes_file(verb)
    _takes_json(verb)


def _train_takes(verb: argparse.ArgumentParser) -> None:
    _takes_file(verb)
    length = verb.add_mutually_exclusive_group()
    length.add_argument("--epochs", metavar="N", type=_count, help=tr("epochs to train"))
    length.add_argument("--steps", metavar="N", type=_count, help=tr("steps to train"))
    verb.add_argument("--device", metavar="D", choices=DEVICES, help=", ".join(DEVICES))
    verb.add_argument(
        "--seed", metavar="S", type=_seed, help=tr("start from scratch with this seed")
    )
    verb.add_argument(
        "--out", metavar="FILE", type=Path, help=tr("write project, weights and history")
    )
    _takes_json(verb)


def _probe_takes(verb: argparse.ArgumentParser) -> None:
    _takes_file(verb)
    verb.add_argument(
        "--probe", metavar="KEY", required=True, help=tr("the probe to read, e.g. boundary")
    )
    verb.add_argument(
        "--steps", metavar="N", type=_whole, default=0, help=tr("train this many first")
    )
    _takes_json(verb)


def _export_takes(verb: argparse.ArgumentParser) -> None:
    _takes_file(verb)
    verb.add_argument("out", metavar="OUT", type=Path, help=tr("a .py, .png, .svg or .csv"))


def _screenshot_takes(verb: argparse.ArgumentParser) -> None:
    _takes_file(verb)
    verb.add_argument("out", metavar="OUT.png", type=Path, help=tr("the image to write"))
    verb.add_argument(
        "--epochs", metavar="N", type=_whole, default=0, help=tr("train this many first")
    )
    verb.add_argument(
        "--size", metavar="WxH", type=_size, default=(1440, 900), help=tr("in pixels")
    )
    verb.add_argument("--theme", choices=("dark", "light"), default="dark")
    verb.add_argument("--panel", metavar="KEY", help=tr("the panel to show"))


def _catalog_takes(verb: argparse.ArgumentParser) -> None:
    _takes_json(verb)
    verb.epilog = tr(
        "--json prints one object of about a quarter of a megabyte. Its keys are the sections "
        "layers, initializers, optimizers, schedules, losses, regularizers, metrics, datasets "
        "and objectives, each a list of entries; templates, a list of kind, label and help; "
        "and training, the entry of the recipe, whose options are warm-up, early stopping, "
        "clipping, accumulation, checkpointing and precision. An entry has kind, "
        "label, family, help, formula (in LaTeX), letters (the symbols of the formula), "
        "source, aliases, when, pitfall and options; a layer also its inputs and outputs, a "
        "regularizer also where to set it. An option has name, title, type, default and help, "
        "and, if they apply: choices; words (instead of numbers); minimum and maximum, with "
        "minimum_is_open and maximum_is_open if the bound itself is not allowed; picks "
        "(the section it is chosen from) and kinds (if restricted to these); is_optional (it may "
        "be null); is_live (it takes effect while training runs); only_with (the values of other "
        "options without which it has no effect)."
    )


def _doctor_takes(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--log", action="store_true", help=tr("print a report with the end of the log")
    )


def _open(arguments: argparse.Namespace) -> int:
    from playground.verbs.window import open_file

    return open_file(arguments.file)


def _demo(arguments: argparse.Namespace) -> int:
    from playground.verbs.window import run_demo

    return run_demo()


def _new(arguments: argparse.Namespace) -> int:
    from playground.verbs import new

    if arguments.list:
        return new.list_templates()
    if arguments.template is None or arguments.file is None:
        _parser().error(tr("new needs TEMPLATE and FILE; --list shows the templates"))
    return new.write_new(arguments.template, arguments.file, is_forced=arguments.force)


def _check(arguments: argparse.Namespace) -> int:
    from playground.verbs.check import check_file

    return check_file(arguments.file, as_json=arguments.json)


def _train(arguments: argparse.Namespace) -> int:
    from playground.verbs.train import train_file

    return train_file(
        arguments.file,
        epochs=arguments.epochs,
        steps=arguments.steps,
        device=arguments.device,
        seed=arguments.seed,
        out=arguments.out,
        as_json=arguments.json,
    )


def _probe(arguments: argparse.Namespace) -> int:
    from playground.verbs.probe import probe_file

    return probe_file(
        arguments.file, arguments.probe, steps=arguments.steps, as_json=arguments.json
    )


def _export(arguments: argparse.Namespace) -> int:
    from playground.verbs.export import export_file

    return export_file(arguments.file, arguments.out)


def _doctor(arguments: argparse.Namespace) -> int:
    from playground.verbs import doctor

    return doctor.print_report() if arguments.log else doctor.examine_machine()


def _catalog(arguments: argparse.Namespace) -> int:
    from playground.verbs.catalog import print_catalog

    return print_catalog(as_json=arguments.json)


def _screenshot(arguments: argparse.Namespace) -> int:
    from playground.verbs.window import draw_window

    return draw_window(
        arguments.file,
        arguments.out,
        epochs=arguments.epochs,
        size=arguments.size,
        theme=arguments.theme,
        panel=arguments.panel,
    )


VERBS: dict[str, tuple[str, Declare, Verb]] = {
    "open": (
        N_("open the app, with FILE if given; the word open may be omitted"),
        _open_takes,
        _open,
    ),
    "demo": (N_("open the app with the first template"), _demo_takes, _demo),
    "new": (N_("create a project from a template"), _new_takes, _new),
    "check": (N_("check a project for errors; exit code 1 on errors"), _check_takes, _check),
    "train": (N_("train a project, continuing from its saved state"), _train_takes, _train),
    "probe": (N_("print the readings of a probe"), _probe_takes, _probe),
    "export": (
        N_("export a script, an image of the canvas or the history"),
        _export_takes,
        _export,
    ),
    "screenshot": (N_("save a screenshot of the window"), _screenshot_takes, _screenshot),
    "catalog": (
        N_("list all layers, losses, data sets and other declarations"),
        _catalog_takes,
        _catalog,
    ),
    "doctor": (N_("check the installation and list plug-ins"), _doctor_takes, _doctor),
}
