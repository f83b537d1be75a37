"""A formula written for LaTeX, as plain text for a tooltip."""

from __future__ import annotations

import re

SIGNS = {
    r"\sigma": "σ",
    r"\sum": "Σ",
    r"\prod": "Π",
    r"\odot": "⊙",
    r"\cdot": "·",
    r"\times": "×",
    r"\dots": "…",
    r"\ldots": "…",
    r"\sim": "~",
    r"\mu": "μ",
    r"\gamma": "γ",
    r"\beta": "β",
    r"\alpha": "α",
    r"\lambda": "λ",
    r"\epsilon": "ε",
    r"\varepsilon": "ε",
    r"\theta": "θ",
    r"\Phi": "Φ",
    r"\phi": "φ",
    r"\pi": "π",
    r"\infty": "∞",
    r"\in": "∈",
    r"\leq": "≤",
    r"\geq": "≥",
    r"\le": "≤",
    r"\ge": "≥",
    r"\top": "T",
    r"\partial": "∂",
    r"\nabla": "∇",
    r"\star": "⋆",
    r"\ast": "∗",
    r"\leftarrow": "←",
    r"\to": "→",
}
RAISED = str.maketrans("0123456789+-Tn", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ᵀⁿ")
LOWERED = str.maketrans("0123456789ijkn", "₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₙ")


def readable(formula: str) -> str:
    r"""As text: `f(z) = \frac{1}{1 + e^{-z}}` reads "f(z) = 1 / (1 + e^(−z))"."""
    text = re.sub(r"\\(left|right|,|;|!|quad|displaystyle)(?![A-Za-z])", " ", formula)
    text = re.sub(
        r"\\(?:mathrm|text|mathbf|operatorname|hat|bar|tilde|vec)\{([^{}]*)\}", r"\1", text
    )
    text = re.sub(r"\\sqrt\{([^{}]*)\}", r"√(\1)", text)
    before = ""
    while before != text:  # fractions inside fractions
        before = text
        text = re.sub(r"\^\{([^{}]*)\}", _raised, text)
        text = re.sub(r"_\{([^{}]*)\}", _lowered, text)
        text = re.sub(r"\\frac\{([^{}]*)\}\{([^{}]*)\}", _fraction, text)
    text = re.sub(r"\^(\w)", _raised, text)
    text = re.sub(r"_(\w)", _lowered, text)
    for name in sorted(SIGNS, key=len, reverse=True):
        text = re.sub(re.escape(name) + r"(?![A-Za-z])", SIGNS[name], text)
    text = text.replace("\\{", "{").replace("\\}", "}").replace("\\", "")
    return " ".join(text.split())


def _raised(found: re.Match[str]) -> str:
    text = found.group(1)
    return text.translate(RAISED) if set(text) <= set("0123456789+-Tn") else f"^({text})"


def _lowered(found: re.Match[str]) -> str:
    text = found.group(1)
    return text.translate(LOWERED) if set(text) <= set("0123456789ijkn") else f"_{text}"


def _fraction(found: re.Match[str]) -> str:
    top, bottom = found.group(1).strip(), found.group(2).strip()
    return " / ".join(part if re.fullmatch(r"\w+", part) else f"({part})" for part in (top, bottom))
