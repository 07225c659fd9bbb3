"""Whether the tests of a room notice when its code says something else."""
