"""Decisions made on delegation, and urgent ones of the chair: scheme, document, report."""
