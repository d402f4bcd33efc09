"""The electricity bill as lines that can be checked against an invoice. Pure."""
