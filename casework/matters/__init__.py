"""Matters: their text, decision points, signatories, recipients as written and register numbers."""
