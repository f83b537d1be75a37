"""The formulas of the regularizing options, with the numbers that are set."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from playground.app.theme.text import number_text
from playground.catalog.optimizers import Optimizer
from playground.catalog.registry import declared
from playground.catalog.regularizers import Regularizer
from playground.graph.declaration import Declaration

COUPLED = r"g \leftarrow g + \lambda w"
CUT = r"g_i \leftarrow \max(-c, \min(c, g_i))"


@dataclass(frozen=True, slots=True)
class Penalty:
    """A regularizing option: its regularizer, and the symbol of its number there."""

    regularizer: str
    sign: str


PENALTIES: Mapping[str, Penalty] = {
    "l1": Penalty("l1", r"\lambda"),
    "l2": Penalty("l2", r"\lambda"),
    "max_norm": Penalty("max_norm", "c"),
    "weight_decay": Penalty("weight_decay", r"\lambda"),
    "label_smoothing": Penalty("label_smoothing", "s"),
    "clip_norm": Penalty("clipping", "c"),
    "clip_value": Penalty("clipping", "c"),
    "early_stopping": Penalty("early_stopping", ""),
}
"""By the name of the option, in any declaration."""


def penalty_shown(name: str, holder: Declaration) -> tuple[type[Regularizer], str] | None:
    """The regularizer of an option and its formula with the value; None if the option is off.

    L1 and L2 together are shown as one, the elastic net, at the second of them.
    """
    value = getattr(holder, name)
    if not value:
        return None
    penalty = PENALTIES[name]
    kinds = declared(Regularizer)
    l1, l2 = getattr(holder, "l1", 0.0), getattr(holder, "l2", 0.0)
    if name in ("l1", "l2") and l1 and l2:
        if name == "l1":
            return None
        elastic = kinds["elastic"]
        return elastic, with_numbers(elastic.formula, {r"\lambda_1": l1, r"\lambda_2": l2})
    found = kinds[penalty.regularizer]
    formula = CUT if name == "clip_value" else found.formula
    if isinstance(holder, Optimizer) and name == "weight_decay" and not holder.is_decoupled:
        formula = COUPLED
    return found, with_numbers(formula, {penalty.sign: value} if penalty.sign else {})


def with_numbers(formula: str, numbers: Mapping[str, float]) -> str:
    r"""LaTeX with numbers in place of symbols: \lambda becomes 10^{-4}."""
    for sign, number in numbers.items():
        text = number_in_latex(number).replace("\\", r"\\")
        end = rf"{re.escape(sign)}(?![A-Za-z_])"
        # A letter within a word or a command is no symbol, and an index is part of its symbol.
        formula = re.sub(rf"(\\eta)\s*{end}", rf"\1 \\cdot {text}", formula)
        formula = re.sub(rf"(?<![A-Za-z\\_]){end}", text, formula)
    return formula


def number_in_latex(number: float, digits: int = 4) -> str:
    """0.01 as it is, 3e-5 as a power of ten."""
    mantissa, _, exponent = number_text(number, digits).partition("e")
    if not exponent:
        return mantissa
    power = rf"10^{{{int(exponent)}}}"
    return power if mantissa == "1" else rf"{mantissa} \cdot {power}"
