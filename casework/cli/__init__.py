"""The command `casework`: thin, one module for each group of commands."""

from casework.cli.main import main

__all__ = ["main"]
