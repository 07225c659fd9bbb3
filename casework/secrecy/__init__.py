"""The secrecy mark of a matter, who needs to know of it, and who has read it."""
