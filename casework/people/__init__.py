"""Organisations, bodies, persons, appointments and permissions."""
