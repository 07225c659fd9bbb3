"""The demonstration's people with their accounts, on each engine in turn."""

from __future__ import annotations

from tests.demo.conftest import world

__all__ = ["world"]
