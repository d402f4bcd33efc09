"""`collector doctor`: what this disk, clock, broker and database really promise the collector."""
