"""Assignments, and what somebody holds handed over."""
