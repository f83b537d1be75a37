"""The reference: one page per declaration, generated from the declaration itself.

`python -m playground.reference` writes the Markdown pages in `pages/`; the window shows pages made
from the same values.
"""
