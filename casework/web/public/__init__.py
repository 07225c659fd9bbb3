"""The pages without an account."""
