"""The REST face, tried as its callers use it."""
