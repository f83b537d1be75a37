"""LaTeX formulas as a line of rich text."""

from __future__ import annotations

import re
from html import escape

TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\s+|.", re.DOTALL)
SIGNS = {
    "setminus": "∖", "nearrow": "↗", "searrow": "↘",
    "sum": "∑", "prod": "∏", "cdot": "·", "times": "×", "leftarrow": "←", "rightarrow": "→",
    "to": "→", "sim": "∼", "approx": "≈", "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥",
    "ne": "≠", "pm": "±", "infty": "∞", "partial": "∂", "nabla": "∇", "star": "⋆", "in": "∈",
    "odot": "⊙", "oplus": "⊕", "otimes": "⊗", "ldots": "…", "dots": "…", "cdots": "⋯", "mid": "|",
    "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "top": "⊤", "lVert": "‖",
    "rVert": "‖", "Vert": "‖", "|": "‖", "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ",
    "epsilon": "ε", "varepsilon": "ε", "eta": "η", "theta": "θ", "lambda": "λ", "mu": "μ",
    "ell": "ℓ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "Phi": "Φ", "psi": "ψ",
    "omega": "ω", "Sigma": "Σ", "Delta": "Δ", "{": "{", "}": "}", "%": "%", "_": "_",
}  # fmt: skip
SPACES = {",": " ", ";": " ", ":": " ", " ": " ", "!": "", "quad": "  ", "qquad": "   "}
DROPPED = {"left", "right", "big", "Big", "text", "mathrm", "mathbf", "operatorname", "mathit"}
ACCENTS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303", "vec": "\u20d7"}


def readable(formula: str) -> str:
    r"""LaTeX as rich text: \frac{1}{1 + e^{-z}} becomes 1 / (1 + e<sup>−z</sup>)."""
    return _Reader(formula).read().strip()


class _Reader:
    """Converts the tokens of a formula in one pass."""

    def __init__(self, formula: str) -> None:
        self.tokens = TOKEN.findall(formula)
        self.place = 0

    def read(self, *, until: str = "") -> str:
        """Everything up to a closing brace, or to the end."""
        parts = []
        while self.place < len(self.tokens):
            token = self.tokens[self.place]
            if token == until:
                self.place += 1
                break
            parts.append(self._next())
        return "".join(parts)

    def _next(self) -> str:
        token = self.tokens[self.place]
        self.place += 1
        if token == "{":
            return self.read(until="}")
        if token in "^_":
            tag = "sup" if token == "^" else "sub"
            return f"<{tag}>{self._argument()}</{tag}>"
        if token.startswith("\\") and len(token) > 1:
            return self._command(token[1:])
        return "−" if token == "-" else escape(token)

    def _argument(self) -> str:
        while self.place < len(self.tokens) and self.tokens[self.place].isspace():
            self.place += 1
        return self._next() if self.place < len(self.tokens) else ""

    def _command(self, name: str) -> str:
        if name == "frac":
            above, below = self._argument(), self._argument()
            return f"{_grouped(above)} / {_grouped(below)}"
        if name == "sqrt":
            inside = self._argument()
            return f"√{inside}" if len(inside) == 1 else f"√({inside})"
        if name in ACCENTS:
            return self._argument() + ACCENTS[name]
        if name in DROPPED:
            return ""
        if name in SPACES or name in SIGNS:
            return SPACES.get(name, SIGNS.get(name, ""))
        # A function: a space separates the name from its argument, unless that is in brackets.
        follows = self.tokens[self.place] if self.place < len(self.tokens) else " "
        return escape(name) + ("" if follows in "(^_ \\)," or follows.isspace() else "\u2009")


def _grouped(text: str) -> str:
    plain = re.sub(r"<su[bp]>.*?</su[bp]>", "", text).strip()
    return f"({text})" if re.search(r"[ +−/]", plain) else text
