"""The table of keys in the README: `python -m playground.app.shell.command_docs README.md`."""

from __future__ import annotations

import sys
from pathlib import Path

from playground.app.shell.command_table import COMMANDS, GESTURES

BEGIN = "<!-- keys: written by playground/app/shell/command_docs.py -->"
END = "<!-- end of keys -->"


def markdown() -> str:
    """The commands that have keys, and the gestures; keys as on Linux and Windows."""
    lines = ["| keys | command | |", "|---|---|---|"]
    for command in COMMANDS:
        keys = ", ".join(f"`{key}`" for key in (*command.keys, *command.watched_keys))
        if keys:
            lines.append(f"| {keys} | {command.title.rstrip('…')} | {command.help} |")
    lines += ["", "| mouse and focus | |", "|---|---|"]
    lines += [f"| {gesture} | {effect} |" for gesture, effect in GESTURES]
    return "\n".join(lines) + "\n"


def with_table(text: str) -> str:
    """A document with the table between the two marks renewed."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{markdown()}{END}{after}"


def main(paths: list[str]) -> None:
    """Renew the table in these documents; without any, print it."""
    if not paths:
        print(markdown(), end="")
    for path in map(Path, paths):
        path.write_text(with_table(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
