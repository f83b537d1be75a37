"""The "About" dialog."""

from __future__ import annotations

import platform

import PySide6
from PySide6.QtCore import qVersion
from PySide6.QtWidgets import QMessageBox, QWidget

from playground import __version__
from playground.app.run import Run
from playground.translation import tr


def about_text(run: Run) -> str:
    """Versions and devices, as they belong into a bug report."""
    versions = ", ".join(f"{name} {version}" for name, version in run.versions.items())
    devices = ", ".join(run.devices)
    return "\n".join(
        (
            f"Playground {__version__}",
            "",
            f"Python {platform.python_version()}, PySide6 {PySide6.__version__}, Qt {qVersion()}",
            versions or tr("The training engine is still starting."),
            tr("Devices: {devices}", devices=devices) if devices else tr("Devices: not known yet"),
        )
    )


def show_about(parent: QWidget, run: Run) -> None:
    """Show versions and devices."""
    QMessageBox.about(parent, tr("About Playground"), about_text(run))
