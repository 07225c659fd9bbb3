"""The pages on which an agenda is built."""
