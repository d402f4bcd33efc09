"""A table in the order of the chambers of commerce's CO2 check sheet."""
