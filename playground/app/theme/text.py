"""Numbers as people write them."""

from __future__ import annotations

import math


def number_text(value: float, digits: int = 10) -> str:
    """The shortest text of a number that reads back as the same: 0.01, 1e-5, 32."""
    if not math.isfinite(value):
        return "∞" if value > 0 else "−∞" if value < 0 else "–"
    text = f"{value:.{digits}g}"
    mantissa, has_exponent, exponent = text.partition("e")
    if not has_exponent and 0 < abs(value) < 1e-3:
        mantissa, _, exponent = f"{value:.{max(digits - 1, 0)}e}".partition("e")
        mantissa = mantissa.rstrip("0").rstrip(".")
        has_exponent = "e"
    return f"{mantissa}e{int(exponent)}" if has_exponent else mantissa


def reading_text(value: float | None) -> str:
    """A reading in a fixed style: 0.0431, 2.4e-4 below a thousandth, – for None and NaN."""
    if value is None or math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value != 0 and not 1e-3 <= abs(value) < 1e5:
        mantissa, _, exponent = f"{value:.1e}".partition("e")
        return f"{mantissa}e{int(exponent)}"
    return f"{value:.4f}" if abs(value) < 10 else f"{value:.1f}"


def power_text(value: float) -> str:
    """A number on a logarithmic scale: 2.4e-2, but 0.85 and 5.3, which are as short."""
    if not math.isfinite(value) or value == 0:
        return "0" if value == 0 else reading_text(value)
    if 0.1 <= abs(value) < 1000:
        return f"{value:.2g}" if abs(value) < 100 else f"{value:.0f}"
    mantissa, _, exponent = f"{value:.1e}".partition("e")
    return f"{mantissa}e{int(exponent)}"
