"""Formulas as they are written on a blackboard: LaTeX to SVG by ziamath, drawn by Qt."""

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
"""The size in pixels that SVGs are made at; they are scaled when they are drawn."""
INK = "#010203"
"""Stands in the SVG for the colour that it gets when it is drawn."""
FORMULA_SIZE = 1.1625
"""Size of a formula beside text of one pixel: its letters are small for their size."""
LINE_GAP = 5.0
NARROWEST = 180
DRAW_AFTER_MS = 400
LEAST_SHRUNK = 0.88
"""Made smaller than this, a formula is broken at a plus instead, where it has one."""
PLUS = re.compile(r"\s\+\s")
BREAK = re.compile(r",\s*\\(?:quad|qquad|;|:|,)(?![A-Za-z])\s*|\\\\")

log = logging.getLogger(__name__)


def is_loaded() -> bool:
    """Whether ziamath is there already, so that drawing takes no time to speak of."""
    return "ziamath.zmath" in sys.modules


@lru_cache(maxsize=1024)
def svg_of(latex: str) -> str | None:
    """A line of LaTeX as SVG in the colour `INK`; None where ziamath cannot draw it."""
    with warnings.catch_warnings():
        # It finds its fonts in a way that Python is giving up.
        warnings.simplefilter("ignore", DeprecationWarning)
        # Takes a tenth of a second, and the first window has no formula to show.
        from ziamath.config import config
        from ziamath.zmath import Latex

        # Symbols that are used several times would be shared, which Qt does not draw.
        config.svg2 = False
        try:
            return str(Latex(latex, size=DRAWN_AT, color=INK).svg())
        except Exception as error:  # it raises whatever its parsers stumble over
            log.info("%s cannot be drawn: %s", latex, error)
            return None


def lines_of(latex: str) -> tuple[str, ...]:
    r"""A formula of several statements, one a line: they are set apart by ",\quad" or ",\;"."""
    found: list[str] = []
    start = 0
    for gap in BREAK.finditer(latex):
        line = latex[start : gap.start()]
        if _depth(latex[: gap.start()]) == 0:
            found.append(line)
            start = gap.end()
    return tuple(line for line in (*found, latex[start:]) if line.strip())


def broken(latex: str) -> str:
    """A formula with a new line before the plus nearest to its middle; as it is without one."""
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
    """A formula, ready to be painted: its lines with their sizes, None where one failed."""

    def __init__(self, latex: str, pixels: float) -> None:
        self.scale = pixels * FORMULA_SIZE / DRAWN_AT
        svgs = [svg_of(line) for line in lines_of(latex)]
        self.svgs = [svg for svg in svgs if svg is not None]
        self.is_whole = bool(svgs) and len(svgs) == len(self.svgs)
        self.sizes = [_size(svg) * self.scale for svg in self.svgs]

    @property
    def size(self) -> QSizeF:
        """What it takes at its full size."""
        width = max((size.width() for size in self.sizes), default=0.0)
        height = sum(size.height() for size in self.sizes)
        return QSizeF(width, height + LINE_GAP * max(0, len(self.sizes) - 1))

    def fitted(self, width: float) -> float:
        """The factor that brings it into a width."""
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
    """The drawing of a formula, kept once it is made."""
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
    """A formula in the text colour of the theme; None where it cannot be drawn."""
    scaled = pixels * theme.text_scale / 100
    if not drawing(latex, scaled).is_whole:
        return None
    return _image(latex, scaled, colour("text").name(), ratio, width)


class FormulaView(QWidget):
    """A formula that fits its width; as a line of text where it cannot be drawn."""

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
        """Whether it is written at first where ziamath is not loaded: for the first window."""
        self.latex = ""
        self.drawing: Drawing | None = None
        # Without a layout: Qt would ask that for the height, and not this.
        self.fallback = QLabel(self)
        set_font(self.fallback, pixels)
        self.fallback.setWordWrap(True)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.show_formula(latex)
        theme.changed.connect(self._restyle)

    def show_formula(self, latex: str) -> None:
        """Draw this one; nothing at all where it is empty."""
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
        elif self.parentWidget() is not None:  # or it would be a window of its own
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
        """Draw what was only written, once the window has come up."""
        if self.waits and self.drawing is None:
            QTimer.singleShot(DRAW_AFTER_MS, self, self._draw)

    def _draw(self) -> None:
        self.waits = False
        self.show_formula(self.latex)

    @property
    def is_drawn(self) -> bool:
        """Whether it is drawn and not only written."""
        return self.drawing is not None

    def sizeHint(self) -> QSize:
        """Its full size."""
        if self.drawing is None:
            return self.fallback.sizeHint()
        size = self.drawing.size
        return QSize(round(size.width()) + 2, round(size.height()) + 4)

    def minimumSizeHint(self) -> QSize:
        """It becomes smaller where there is no room."""
        if self.drawing is None:
            return self.fallback.minimumSizeHint()
        # The whole height that it has at this width, or a scroll area would squeeze it.
        return QSize(40, self.heightForWidth(max(self.width(), NARROWEST)))

    def _drawing_at(self, width: float) -> Drawing | None:
        """The drawing as it stands in a width: broken where it would become too small."""
        found = self.drawing
        if found is None or found.fitted(width) >= LEAST_SHRUNK:
            return found
        parted = drawing(broken(self.latex), self.scaled_pixels)
        return parted if parted.is_whole else found

    def hasHeightForWidth(self) -> bool:
        """A formula made smaller is lower as well."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height at a width."""
        found = self._drawing_at(width - 2)
        if found is None:
            return self.fallback.heightForWidth(width)
        return round(found.size.height() * found.fitted(width - 2)) + 4

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What is written takes all the room; another width may need another height."""
        self.fallback.setGeometry(self.rect())
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The formula, in the colour of text."""
        found = self._drawing_at(self.width() - 2)
        if found is not None:
            found.paint(QPainter(self), 1, 2, found.fitted(self.width() - 2), colour("text"))
