"""Reading along beside an existing master: what is said on the line, without ever speaking."""
