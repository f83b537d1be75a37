"""python -m playground.reference: writes the pages anew."""

from __future__ import annotations

from playground.reference.files import FOLDER, write

if __name__ == "__main__":
    touched = write()
    print(f"{len(touched)} files of {FOLDER} changed" if touched else "all pages are up to date")
    for path in touched:
        print(f"  {path}")
