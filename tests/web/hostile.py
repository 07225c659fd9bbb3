"""As many hostile texts as one likes, on both engines: `python -m tests.web.hostile 2000`."""

from __future__ import annotations

import os
import sys

import pytest

from tests.support.hostile import ASKED

TESTS = (
    *("tests/web/test_hostile_forms.py", "tests/api/test_hostile_texts.py"),
    *("tests/meetings/test_hostile_road.py", "tests/documents/test_typeset.py"),
)


def main() -> int:
    os.environ[ASKED] = sys.argv[1] if len(sys.argv) > 1 else "2000"
    return pytest.main([*TESTS, "-k", "hostile or sign", "-n", "0", "--durations", "0"])


if __name__ == "__main__":
    sys.exit(main())
