"""Follow-up: assignments and their report-backs."""
