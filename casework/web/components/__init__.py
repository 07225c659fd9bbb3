"""What pages are built of: lists, steps, lines, and the plain values that they take."""
