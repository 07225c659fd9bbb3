"""The jobs that nobody presses a button for: that they run, and who says so when they do not."""
