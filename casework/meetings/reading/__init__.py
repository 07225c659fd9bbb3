"""Reading a meeting's papers: the pack, for whom, and as it was."""
