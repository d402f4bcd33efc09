"""Boards as code: the panel vocabulary, one file a board, and the built JSON."""
