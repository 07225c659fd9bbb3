"""The demonstration: a fresh installation, and real matters taken the whole road."""
