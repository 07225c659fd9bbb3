"""The outbox, the letters in it and the way out: compose, enqueue, deliver."""
