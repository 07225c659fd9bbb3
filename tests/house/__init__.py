"""The rules of the house, each with a test that it can be broken."""
