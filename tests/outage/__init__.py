"""Tests of outages: a database or a disk that is away for a while."""
