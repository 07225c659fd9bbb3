"""What several rooms' tests need: a private PostgreSQL, fresh databases, an SMTP server."""
