"""The Qt stylesheet of the whole app, made from the tokens."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from string import Template

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from playground.app.theme.tokens import (
    RADIUS,
    SPACE,
    apply_fonts,
    body_font,
    colour,
    scaled_px,
    theme,
)

IMAGES = Path(__file__).parent / "images"
RULES = Path(__file__).parent / "rules.qss"


def stylesheet() -> str:
    """The stylesheet for the theme in use; an unknown token in the rules raises KeyError."""
    tokens: dict[str, str] = {name: str(value) for name, value in asdict(theme.colours).items()}
    tokens |= {
        "radius": f"{RADIUS}px",
        "space": f"{SPACE}px",
        "half": f"{SPACE // 2}px",
        "tick": f"{scaled_px(14)}px",
        "round": f"{scaled_px(14) // 2 + 1}px",
        "arrow": f"{scaled_px(12)}px",
        "item": f"{scaled_px(22)}px",
        "images": IMAGES.as_posix(),
        "selected": colour("accent", 0.22).name(QColor.NameFormat.HexArgb),
        "veil": colour("surface", 0.75).name(QColor.NameFormat.HexArgb),
        "danger_border": colour("danger", 0.5).name(QColor.NameFormat.HexArgb),
        "warning_border": colour("warning", 0.5).name(QColor.NameFormat.HexArgb),
    }
    return Template(RULES.read_text(encoding="utf-8")).substitute(tokens)


def palette() -> QPalette:
    """Colours that Qt uses outside of the stylesheet: selections, placeholders, links."""
    roles = QPalette.ColorRole
    names = {
        roles.Window: "surface",
        roles.Base: "field",
        roles.AlternateBase: "raised",
        roles.Button: "field",
        roles.ToolTipBase: "raised",
        roles.WindowText: "text",
        roles.Text: "text",
        roles.ButtonText: "text",
        roles.ToolTipText: "text",
        roles.PlaceholderText: "muted",
        roles.Highlight: "accent",
        roles.HighlightedText: "on_accent",
        roles.Link: "accent",
        roles.Accent: "accent",
    }
    found = QPalette()
    for role, name in names.items():
        found.setColor(role, colour(name))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        found.setColor(QPalette.ColorGroup.Disabled, role, colour("faint"))
    return found


def dress(app: QApplication) -> None:
    """Apply the theme to the app, now and whenever its colours or its text scale change."""
    app.setStyle("Fusion")
    app.setFont(body_font())

    def restyle() -> None:
        app.setPalette(palette())
        app.setStyleSheet(stylesheet())
        apply_fonts()  # Qt drops the fonts of widgets when it reads another stylesheet

    restyle()
    theme.changed.connect(restyle)
