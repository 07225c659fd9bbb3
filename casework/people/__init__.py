"""Organisations, bodies, persons, users, appointments, permissions and sign-in."""
