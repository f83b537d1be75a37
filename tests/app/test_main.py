"""Starting the window: what Qt reports is logged and printed."""

from __future__ import annotations

import logging

import pytest
from PySide6.QtCore import QMessageLogContext, QtMsgType
from PySide6.QtWidgets import QApplication, QDialogButtonBox
from pytestqt.qtbot import QtBot

from playground.app.main import _log_qt_message, translate_qt


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
