"""What Casework promises in figures, each measured beside its floor in the same run.

A module here is a benchmark: its public functions that return a `Figure` (or a list of them) are
run by `python -m benchmarks`.
"""
