"""The pages of what is sent, and of those it is sent to."""
