"""The whole walk, end to end."""
