"""The pages of delegation."""
