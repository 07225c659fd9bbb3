"""Around every page: what a request passes on its way in, and an answer on its way out."""
