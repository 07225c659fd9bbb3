"""The world of the demonstration, for records to be tampered with."""

from tests.demo.conftest import travelled, world

__all__ = ["travelled", "world"]
