"""Starting the window: what Qt reports is logged and printed."""

from __future__ import annotations

import logging
import zipfile
from pathlib import Path

import pytest
from PySide6.QtCore import QMessageLogContext, QtMsgType
from PySide6.QtWidgets import QApplication, QDialogButtonBox
from pytestqt.qtbot import QtBot

from playground.app.main import _log_qt_message, _offer_recovery, translate_qt
from playground.app.shell.window import MainWindow
from playground.project.file import STATE_NAMES, Saved
from playground.project.recovery import Recovery
from playground.project.templates import build


@pytest.mark.parametrize(
    ("kind", "is_printed"),
    [(QtMsgType.QtDebugMsg, False), (QtMsgType.QtWarningMsg, True), (QtMsgType.QtFatalMsg, True)],
)
def test_that_warnings_of_qt_are_logged_and_printed(
    kind: QtMsgType,
    is_printed: bool,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with caplog.at_level(logging.DEBUG):
        _log_qt_message(kind, QMessageLogContext(), "no platform plugin")
    printed = capsys.readouterr().err
    assert ("no platform plugin" in printed) == is_printed
    assert ("playground doctor" in printed) == (kind == QtMsgType.QtFatalMsg)
    assert "no platform plugin" in caplog.text


@pytest.mark.parametrize(
    ("language", "text"),
    [("de", "Abbrechen"), ("fr", "Annuler"), ("en", "Cancel"), ("xx", "Cancel")],
)
def test_that_buttons_of_qt_speak_the_language_of_the_catalogue(
    language: str, text: str, qtbot: QtBot, qapp: QApplication
) -> None:
    translator = translate_qt(qapp, language)
    try:
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        qtbot.addWidget(box)
        assert box.buttons()[0].text().replace("&", "") == text
    finally:
        qapp.removeTranslator(translator)


@pytest.mark.slow
def test_that_a_damaged_recovery_file_is_named_and_its_network_offered(
    tmp_path: Path, qtbot: QtBot
) -> None:
    before = Recovery(tmp_path)
    state = {name: name.encode() * 50 for name in STATE_NAMES}
    before.keep("w1", Saved(build("digits-cnn"), {}, state), Path("/home/me/own.nplay"))
    before.close()
    path = tmp_path / "w1.nplay"
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        member = archive.getinfo(STATE_NAMES[0])
    content[member.header_offset + 30 + len(member.filename) + 8] ^= 0b100
    path.write_bytes(content)

    window = MainWindow(recovery=Recovery(tmp_path))
    try:
        _offer_recovery(window)
        assert "own.nplay can be restored" in window.notice.label.text()
        assert str(tmp_path / "w1.damaged.nplay") in window.notice.label.text()
        window.notice.buttons[0].click()
        assert window.document.project == build("digits-cnn")
        assert window.document.is_modified
    finally:
        window.close_for_good()
        window.deleteLater()
