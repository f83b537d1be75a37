"""What the operating system has to provide on Linux: Qt's libraries, and a screen for tests."""

import ctypes
import importlib
import importlib.util
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from commands import SetupError, run_quietly, say


class SystemPart(NamedTuple):
    """A library, program or module of the system, and the package it comes in.

    `file` is what the loader or the shell is asked for; the rest are package names.
    """

    file: str
    debian: str
    fedora: str
    arch: str


# What libQt6Gui.so.6 is linked to: without these not even the offscreen platform starts.
QT_PARTS = (
    SystemPart("libEGL.so.1", "libegl1", "libglvnd-egl", "libglvnd"),
    SystemPart("libGL.so.1", "libgl1", "libglvnd-glx", "libglvnd"),
    SystemPart("libxkbcommon.so.0", "libxkbcommon0", "libxkbcommon", "libxkbcommon"),
    SystemPart("libdbus-1.so.3", "libdbus-1-3", "dbus-libs", "dbus"),
    SystemPart("libfontconfig.so.1", "libfontconfig1", "fontconfig", "fontconfig"),
    SystemPart("libfreetype.so.6", "libfreetype6", "freetype", "freetype2"),
    SystemPart("libglib-2.0.so.0", "libglib2.0-0", "glib2", "glib2"),
)

# What the xcb platform is linked to: without these no window opens on X.
WINDOW_PARTS = (
    SystemPart("libX11-xcb.so.1", "libx11-xcb1", "libX11-xcb", "libx11"),
    SystemPart("libxcb-cursor.so.0", "libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor"),
    SystemPart("libxcb-icccm.so.4", "libxcb-icccm4", "xcb-util-wm", "xcb-util-wm"),
    SystemPart("libxcb-image.so.0", "libxcb-image0", "xcb-util-image", "xcb-util-image"),
    SystemPart("libxcb-keysyms.so.1", "libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms"),
    SystemPart("libxcb-randr.so.0", "libxcb-randr0", "libxcb", "libxcb"),
    SystemPart(
        "libxcb-render-util.so.0",
        "libxcb-render-util0",
        "xcb-util-renderutil",
        "xcb-util-renderutil",
    ),
    SystemPart("libxcb-shape.so.0", "libxcb-shape0", "libxcb", "libxcb"),
    SystemPart("libxcb-xinerama.so.0", "libxcb-xinerama0", "libxcb", "libxcb"),
    SystemPart("libxcb-xkb.so.1", "libxcb-xkb1", "libxcb", "libxcb"),
    SystemPart(
        "libxkbcommon-x11.so.0", "libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11"
    ),
)

FONTS = "a font"
VENV_MODULE = "Python's module ensurepip"

# What a desktop test needs besides: a screen, a mouse, a window manager, and letters.
DESKTOP_PARTS = (
    SystemPart("Xvfb", "xvfb", "xorg-x11-server-Xvfb", "xorg-server-xvfb"),
    SystemPart("xdotool", "xdotool", "xdotool", "xdotool"),
    SystemPart("openbox", "openbox", "openbox", "openbox"),
    SystemPart(FONTS, "fonts-dejavu-core", "dejavu-sans-fonts", "ttf-dejavu"),
)


def is_linux() -> bool:
    """Only there do Qt's libraries come from the system."""
    return sys.platform.startswith("linux")


def is_root() -> bool:
    """Whether packages can be installed without asking for a password."""
    effective_user = getattr(os, "geteuid", None)  # Windows has none
    return effective_user is not None and effective_user() == 0


def has_display() -> bool:
    """Whether a window would open on an X display."""
    return bool(os.environ.get("DISPLAY"))


def has_fonts() -> bool:
    """Whether any font file lies where fontconfig looks by default."""
    home = Path(os.path.expanduser("~"))
    folders = ("/usr/share/fonts", "/usr/local/share/fonts")
    for folder in [*map(Path, folders), home / ".fonts", home / ".local/share/fonts"]:
        for pattern in ("*.[to]tf", "*.ttc", "*.pf[ab]"):
            if next(folder.rglob(pattern), None) is not None:
                return True
    return False


def is_present(part: SystemPart) -> bool:
    """Ask the loader, the import system or the shell's path for one part."""
    if part.file == VENV_MODULE:
        importlib.invalidate_caches()
        return all(importlib.util.find_spec(name) for name in ("venv", "ensurepip"))
    if part.file == FONTS:
        return has_fonts()
    if ".so." not in part.file:
        return shutil.which(part.file) is not None
    try:
        ctypes.CDLL(part.file)
    except OSError:
        return False
    return True


def missing(parts: Sequence[SystemPart]) -> list[SystemPart]:
    """Return those of `parts` that this machine lacks."""
    return [part for part in parts if not is_present(part)]


def install_line(parts: Sequence[SystemPart]) -> str:
    """Return what to type to get `parts`: one line if the system's installer is known."""
    sudo = "" if is_root() else "sudo "

    def names(column: str) -> str:
        return " ".join(sorted({str(getattr(part, column)) for part in parts}))

    if shutil.which("apt-get"):
        return f"{sudo}apt-get update && {sudo}apt-get install -y {names('debian')}"
    if shutil.which("dnf"):
        return f"{sudo}dnf install -y {names('fedora')}"
    if shutil.which("pacman"):
        return f"{sudo}pacman -S --needed {names('arch')}"
    files = ", ".join(part.file for part in parts)
    return f"(with your system's package installer) get the packages that hold {files}"


def install_with_apt(parts: Sequence[SystemPart]) -> bool:
    """Install `parts` if that needs no password: as root on Debian and its kin."""
    apt = shutil.which("apt-get")
    if apt is None or not is_root():
        return False
    packages = sorted({part.debian for part in parts})
    say("setup: installing system packages: " + " ".join(packages))
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    patiently = [apt, "-q", "-o", "DPkg::Lock::Timeout=120", "-o", "Acquire::http::Timeout=30"]
    # A failing update is no reason to stop: the lists that are there may do.
    run_quietly([*patiently, "update"], environment)
    install = [*patiently, "install", "-y", "--no-install-recommends", *packages]
    code, printed = run_quietly(install, environment)
    if code != 0:
        say("setup: apt-get could not install them: " + (printed.strip().splitlines() or [""])[-1])
    return code == 0


def provide_parts(necessary: Sequence[SystemPart], wanted: Sequence[SystemPart]) -> None:
    """Install what the system lacks, or say what to type; stop if Qt could not load."""
    lacking = missing([*necessary, *wanted])
    if lacking and install_with_apt(lacking):
        lacking = missing(lacking)
    stopping = [part for part in lacking if part in necessary]
    if stopping and len(stopping) < len(lacking) and install_with_apt(stopping):
        lacking = missing(lacking)
        stopping = [part for part in lacking if part in necessary]
    if stopping:
        files = ", ".join(part.file for part in stopping)
        raise SetupError(
            f"this machine lacks {files}. Type this, then run the same command again:\n"
            f"    {install_line(stopping)}"
        )
    if lacking:
        files = ", ".join(part.file for part in lacking)
        say(f"setup: without {files} the desktop tests are skipped; to have them, type:")
        say(f"    {install_line(lacking)}")
