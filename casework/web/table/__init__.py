"""The meeting screen."""
