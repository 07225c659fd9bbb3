"""Tests of the log: what stands in it when something breaks, and what never does."""
