"""Distribution: the address book, excerpts, dispatches and acknowledgements."""
