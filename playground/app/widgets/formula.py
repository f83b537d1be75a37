"""Formulas in mathematical notation: LaTeX to SVG by ziamath, drawn by Qt."""

from __future__ import annotations

import logging
import re
import sys
import warnings
from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, QSizeF, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from playground.app.theme.tokens import BODY_PX, colour, set_font, theme
from playground.app.widgets.latex_text import readable

DRAWN_AT = 24.0
"""The font size of the SVGs in pixels; they are scaled when they are drawn."""
INK = "#010203"
"""Placeholder in the SVG for the colour it is drawn with."""
FORMULA_SIZE = 1.1625
"""Font size of a formula beside text of one pixel: its letters are smaller."""
LINE_GAP = 5.0
NARROWEST = 180
DRAW_AFTER_MS = 400
LEAST_SHRUNK = 0.88
"""Instead of being scaled down further, a formula is broken at a plus, if it has one."""
PLUS = re.compile(r"\s\+\s")
BREAK = re.compile(r",\s*\\(?:quad|qquad|;|:|,)(?![A-Za-z])\s*|\\\\")

CONTROL = re.compile(r"[\x00-\x1f\x7f]")

log = logging.getLogger(__name__)


def is_loaded() -> bool:
    """Whether ziamath has been imported, which takes a tenth of a second."""
    return "ziamath.zmath" in sys.modules


@lru_cache(maxsize=1024)
def svg_of(latex: str) -> str | None:
    """A line of LaTeX as SVG in the colour `INK`; None if it cannot be drawn.

    A control character comes from an escape in a string that is not raw: "\\frac" without its
    backslash would be drawn as the letters "rac".
    """
    if CONTROL.search(latex):
        log.warning("the formula %r contains control characters", latex)
        return None
    with warnings.catch_warnings():
        # It finds its fonts in a way that Python deprecates.
        warnings.simplefilter("ignore", DeprecationWarning)
        # The import takes a tenth of a second, and the first window shows no formula.
        from ziamath.config import config
        from ziamath.zmath import Latex

        # With svg2 repeated symbols are references, which Qt does not draw.
        config.svg2 = False
        try:
            return str(Latex(latex, size=DRAWN_AT, color=INK).svg())
        except Exception as error:  # its parsers raise errors of many types
            log.info("%s cannot be drawn: %s", latex, error)
            return None


def lines_of(latex: str) -> tuple[str, ...]:
    r"""The statements of a formula, one per line; ",\quad" or ",\;" separates them."""
    found: list[str] = []
    start = 0
    for gap in BREAK.finditer(latex):
        line = latex[start : gap.start()]
        if _depth(latex[: gap.start()]) == 0:
            found.append(line)
            start = gap.end()
    return tuple(line for line in (*found, latex[start:]) if line.strip())


def broken(latex: str) -> str:
    """A formula with a line break before the plus nearest to its middle, if it has a plus."""
    places = [m.start() for m in PLUS.finditer(latex) if _depth(latex[: m.start()]) == 0]
    if not places:
        return latex
    place = min(places, key=lambda at: abs(at - len(latex) / 2))
    return rf"{latex[:place]}\\\quad\;{latex[place:]}"


def _depth(text: str) -> int:
    plain = text.replace(r"\{", "").replace(r"\}", "")
    pairs = len(re.findall(r"\\(?:left|begin)(?![a-z])", text))
    closed = len(re.findall(r"\\(?:right|end)(?![a-z])", text))
    brackets = sum(plain.count(c) for c in "{([") - sum(plain.count(c) for c in "})]")
    return max(0, brackets) + pairs - closed


class Drawing:
    """A formula that is ready to be painted: its lines and their sizes."""

    def __init__(self, latex: str, pixels: float) -> None:
        self.scale = pixels * FORMULA_SIZE / DRAWN_AT
        svgs = [svg_of(line) for line in lines_of(latex)]
        self.svgs = [svg for svg in svgs if svg is not None]
        self.is_whole = bool(svgs) and len(svgs) == len(self.svgs)
        self.sizes = [_size(svg) * self.scale for svg in self.svgs]

    @property
    def size(self) -> QSizeF:
        """Its full size."""
        width = max((size.width() for size in self.sizes), default=0.0)
        height = sum(size.height() for size in self.sizes)
        return QSizeF(width, height + LINE_GAP * max(0, len(self.sizes) - 1))

    def fitted(self, width: float) -> float:
        """The factor by which it fits into a width."""
        return min(1.0, max(width, 1.0) / max(self.size.width(), 1.0))

    def paint(self, painter: QPainter, x: float, y: float, factor: float, ink: QColor) -> None:
        """Draw it with its top left corner here."""
        from PySide6.QtSvg import QSvgRenderer

        for svg, size in zip(self.svgs, self.sizes, strict=True):
            renderer = QSvgRenderer(QByteArray(svg.replace(INK, ink.name()).encode()))
            renderer.render(painter, QRectF(x, y, size.width() * factor, size.height() * factor))
            y += (size.height() + LINE_GAP) * factor


def _size(svg: str) -> QSizeF:
    found = re.search(r'width="([\d.]+)" height="([\d.]+)"', svg)
    return QSizeF(float(found[1]), float(found[2])) if found else QSizeF()


@lru_cache(maxsize=256)
def drawing(latex: str, pixels: float) -> Drawing:
    """The drawing of a formula, cached."""
    return Drawing(latex, pixels)


@lru_cache(maxsize=256)
def _image(latex: str, pixels: float, ink: str, ratio: float, width: float) -> QImage:
    found = drawing(latex, pixels)
    factor = found.fitted(width)
    size = QSize(round(found.size.width() * factor) + 2, round(found.size.height() * factor) + 2)
    image = QImage(size * ratio, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    found.paint(painter, 1, 1, factor, QColor(ink))
    painter.end()
    return image


def formula_image(
    latex: str, *, pixels: float = BODY_PX, ratio: float = 1.0, width: float = 600.0
) -> QImage | None:
    """A formula in the text colour of the theme; None if it cannot be drawn."""
    scaled = pixels * theme.text_scale / 100
    if not drawing(latex, scaled).is_whole:
        return None
    return _image(latex, scaled, colour("text").name(), ratio, width)


class FormulaView(QWidget):
    """A formula that fits its width; a line of text if it cannot be drawn."""

    def __init__(
        self,
        latex: str = "",
        *,
        pixels: float = BODY_PX,
        waits: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.pixels = pixels
        self.waits = waits
        """Whether it is shown as text at first if ziamath is not loaded: for the first window."""
        self.latex = ""
        self.drawing: Drawing | None = None
        # Without a layout, which Qt would ask for the height instead of this.
        self.fallback = QLabel(self)
        set_font(self.fallback, pixels)
        self.fallback.setWordWrap(True)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.show_formula(latex)
        theme.changed.connect(self._restyle)

    def show_formula(self, latex: str) -> None:
        """Draw this formula; an empty one hides the view."""
        if latex == self.latex and self.drawing is not None:
            return
        self.latex = latex
        may_draw = bool(latex) and (not self.waits or is_loaded())
        found = drawing(latex, self.scaled_pixels) if may_draw else None
        self.drawing = found if found is not None and found.is_whole else None
        self.fallback.setText(readable(latex) if self.drawing is None else "")
        self.fallback.setVisible(self.drawing is None)
        self.setAccessibleName(re.sub(r"<[^>]*>", "", readable(latex)))
        if not latex:
            self.hide()
        elif self.parentWidget() is not None:  # without a parent it would open as a window
            self.show()
        self.updateGeometry()
        self.update()

    @property
    def scaled_pixels(self) -> float:
        """Its size at the text scale in use."""
        return self.pixels * theme.text_scale / 100

    def _restyle(self) -> None:
        if self.drawing is not None:
            self.drawing = drawing(self.latex, self.scaled_pixels)
        self.updateGeometry()
        self.update()

    def showEvent(self, event: QShowEvent) -> None:
        """Replace the text by the drawing soon after the window has been shown."""
        if self.waits and self.drawing is None:
            QTimer.singleShot(DRAW_AFTER_MS, self, self._draw)

    def _draw(self) -> None:
        self.waits = False
        self.show_formula(self.latex)

    @property
    def is_drawn(self) -> bool:
        """Whether it is drawn and not shown as text."""
        return self.drawing is not None

    def sizeHint(self) -> QSize:
        """Its full size."""
        if self.drawing is None:
            return self.fallback.sizeHint()
        size = self.drawing.size
        return QSize(round(size.width()) + 2, round(size.height()) + 4)

    def minimumSizeHint(self) -> QSize:
        if self.drawing is None:
            return self.fallback.minimumSizeHint()
        # The full height at this width, or a scroll area would compress it.
        return QSize(40, self.heightForWidth(max(self.width(), NARROWEST)))

    def _drawing_at(self, width: float) -> Drawing | None:
        """The drawing for a width: broken if it would become too small."""
        found = self.drawing
        if found is None or found.fitted(width) >= LEAST_SHRUNK:
            return found
        parted = drawing(broken(self.latex), self.scaled_pixels)
        return parted if parted.is_whole else found

    def hasHeightForWidth(self) -> bool:
        """A formula that is scaled down is lower as well."""
        return True

    def heightForWidth(self, width: int) -> int:
        found = self._drawing_at(width - 2)
        if found is None:
            return self.fallback.heightForWidth(width)
        return round(found.size.height() * found.fitted(width - 2)) + 4

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may need another height."""
        self.fallback.setGeometry(self.rect())
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        found = self._drawing_at(self.width() - 2)
        if found is not None:
            found.paint(QPainter(self), 1, 2, found.fitted(self.width() - 2), colour("text"))
