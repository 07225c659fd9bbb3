"""Tests of the background jobs: that they run, and who hears of it when they do not."""
