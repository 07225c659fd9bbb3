"""Casework carries a committee's matters from preparation to decision to distribution."""

__version__ = "0.1.0"
