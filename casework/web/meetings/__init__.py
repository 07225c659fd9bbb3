"""The pages of meetings before and after the table."""
