"""Ten thousand agents in one process: what a broker and its collectors carry is measured here."""
