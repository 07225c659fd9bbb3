"""What a meeting is to deal with: its items, what is proposed, what comes by itself."""
