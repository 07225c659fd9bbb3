"""What is kept about a person, in every room, for whoever asks for it (GDPR art. 15)."""
