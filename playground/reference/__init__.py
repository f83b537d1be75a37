"""The reference: a page a declaration, written from the declaration itself.

`python -m playground.reference` writes the pages that lie in `pages/`; the window makes its own
from the same values.
"""
