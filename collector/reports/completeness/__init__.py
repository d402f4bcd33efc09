"""The certificate of data completeness: what was measured, what was not, and who says so."""
