"""The rules, one a file, and the table of them."""
