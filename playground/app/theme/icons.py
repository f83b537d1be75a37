"""Icons in the colours of the theme."""

from __future__ import annotations

from PySide6.QtGui import QIcon

from playground.app.theme.tokens import theme


def icon(name: str, colour_name: str = "text") -> QIcon:
    """An icon by its name in qtawesome ("mdi6.play"), coloured by a token.

    Ask again on `theme.changed`: an icon keeps the colours it was made with.
    """
    import qtawesome  # takes a tenth of a second, and the first window has no icon to show

    colours = theme.colours
    found: QIcon = qtawesome.icon(
        name, color=getattr(colours, colour_name), color_disabled=colours.faint
    )
    return found
