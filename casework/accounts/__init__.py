"""Accounts of persons: passwords, signing in, sessions, links by letter, API tokens."""
