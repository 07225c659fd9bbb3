"""Documents: what they contain, how they are set, and where they are kept."""
