"""The real services the tests talk to."""
