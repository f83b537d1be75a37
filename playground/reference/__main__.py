"""python -m playground.reference: writes the pages in `pages/`."""

from __future__ import annotations

from playground.reference.files import FOLDER, write

if __name__ == "__main__":
    changed = write()
    print(f"{len(changed)} files of {FOLDER} changed" if changed else "all pages are up to date")
    for path in changed:
        print(f"  {path}")
