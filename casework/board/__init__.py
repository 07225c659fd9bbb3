"""Notices on the public board: what is announced, how long it stays up, and legal force."""
