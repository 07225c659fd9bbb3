"""Meetings: agenda, decisions, minutes, attestation and the notice board."""
