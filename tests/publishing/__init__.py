"""What is tried before everybody reads it."""
