"""What somebody must know: one row on the right person's page, and one letter."""
