"""The pages of accounts: one's own, and those that an administrator keeps."""
