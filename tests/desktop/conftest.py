"""A screen, a window manager, a mouse and a keyboard for the tests of the real window."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

NEEDED = ("Xvfb", "openbox", "xdotool")
ROOT = Path(__file__).parents[2]
SCREEN = "1600x1000x24"
WITHIN_S = 90.0


def eventually(claim: Callable[[], Any], what: str, within_s: float = WITHIN_S) -> Any:
    """Ask until a claim holds; fails with `what` if it does not in time."""
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        found = claim()
        if found:
            return found
        time.sleep(0.05)  # there is no signal across processes to wait for
    raise AssertionError(f"not within {within_s:g} s: {what}")


@pytest.fixture(scope="session")
def screen() -> Iterator[str]:
    """A virtual screen with a window manager; its DISPLAY."""
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if missing:
        pytest.skip(f"the desktop tests need {', '.join(missing)}")
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", SCREEN, "-nolisten", "tcp"],
        pass_fds=(write,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as stream:
        display = f":{stream.readline().strip()}"
    environment = {**os.environ, "DISPLAY": display}
    wm = subprocess.Popen(["openbox"], env=environment, stderr=subprocess.DEVNULL)
    eventually(lambda: _xdotool(display, "getmouselocation").returncode == 0, "a screen")
    yield display
    for process in (wm, server):
        process.terminate()
        process.wait(WITHIN_S)


def _xdotool(display: str, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DISPLAY": display}
    return subprocess.run(["xdotool", *words], env=environment, capture_output=True, text=True)


class Desk:
    """The app on the screen, a hand on the mouse, and another on the keyboard."""

    def __init__(self, display: str, argument: str, home: Path) -> None:
        self.display, self.home = display, home
        environment = {
            **os.environ,
            "DISPLAY": display,
            "QT_QPA_PLATFORM": "xcb",
            "HOME": str(home),
            "XDG_STATE_HOME": str(home / "state"),
            "XDG_CONFIG_HOME": str(home / "config"),
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.desktop.app_under_test", argument],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        eventually(lambda: self.state()["is_ready"], "an engine that is ready")

    def ask(self, what: str, **details: object) -> Any:
        """The window's answer to a question."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"ask": what, **details}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, "the app has ended"
        answer = json.loads(line)
        assert not (isinstance(answer, dict) and "error" in answer), answer
        return answer

    def state(self) -> dict[str, Any]:
        """The state of the document and the run."""
        found: dict[str, Any] = self.ask("state")
        return found

    def mouse(self, *words: str) -> None:
        """Run one xdotool command."""
        done = _xdotool(self.display, *words)
        assert done.returncode == 0, done.stderr

    def click(self, at: list[int]) -> None:
        """Press and release the left button."""
        self.mouse("mousemove", "--sync", *map(str, at), "click", "1")

    def drag(self, start: list[int], end: list[int]) -> None:
        """Press at one place, move in small steps, release at another."""
        self.mouse("mousemove", "--sync", *map(str, start), "mousedown", "1")
        for share in (0.1, 0.2, 0.4, 0.6, 0.8, 0.95, 1.0, 1.0):
            at = [round(a + (b - a) * share) for a, b in zip(start, end, strict=True)]
            self.mouse("mousemove", *map(str, at))
            self.state()  # the app has drawn this move before the next one comes
        self.mouse("mouseup", "1")

    def press(self, *keys: str) -> None:
        """Press keys, such as "ctrl+z"."""
        self.mouse("key", "--clearmodifiers", *keys)

    def type(self, text: str) -> None:
        """Type text."""
        self.mouse("type", "--delay", "15", text)

    def wait(self, what: str, claim: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
        """Wait until a claim about the state holds; the state then."""
        last: dict[str, Any] = {}

        def holds() -> bool:
            last.clear()
            last.update(self.state())
            return bool(claim(last))

        try:
            eventually(holds, what)
        except AssertionError as error:
            picture = self.home / "failed.png"
            self.ask("photograph", path=str(picture))
            raise AssertionError(f"{error}; the state is {last}; see {picture}") from None
        return last

    def wait_for_end(self) -> None:
        """Wait until the app has closed."""
        assert self.process.wait(WITHIN_S) == 0

    def close(self) -> None:
        """End the app in any state."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()


@pytest.fixture
def open_desk(screen: str, tmp_path: Path) -> Iterator[Callable[[str], Desk]]:
    """Opens the app on a file or a template."""
    desks: list[Desk] = []

    def open_one(argument: str) -> Desk:
        desks.append(Desk(screen, argument, tmp_path))
        return desks[-1]

    yield open_one
    for desk in desks:
        desk.close()
