"""The minutes: their text and the record behind it, signatures, corrections, certificates."""
