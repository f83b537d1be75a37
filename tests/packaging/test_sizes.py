"""No file has outgrown one sitting."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST = 400


@pytest.mark.parametrize("folder", ["playground", "tests", "packaging"])
def test_that_no_file_is_longer_than_400_lines(folder: str) -> None:
    lengths = {
        path: len(path.read_text(encoding="utf-8").splitlines())
        for path in (ROOT / folder).rglob("*.py")
    }
    assert lengths
    assert not {path: length for path, length in lengths.items() if length > LONGEST}
