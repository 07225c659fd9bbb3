"""What waits for whoever is signed in, and what is new."""
