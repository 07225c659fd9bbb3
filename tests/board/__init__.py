"""Tests of the board: notices, the proof that they were up, and legal force."""
