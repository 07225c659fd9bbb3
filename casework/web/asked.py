"""What a reader wrote in a form or an address, read as a number."""

from __future__ import annotations

DIGITS = 18  # what fits in a column, as in the addresses of rows


def whole_number(text: str) -> int:
    """A whole number that fits in a column; raises ValueError, as werkzeug's `type` expects."""
    if len(text) > DIGITS:
        raise ValueError(text)
    return int(text)
