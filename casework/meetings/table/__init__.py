"""At the table: who is there, what is moved, asked and voted on, and how an item ends."""
