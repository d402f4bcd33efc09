"""Carbon intensity of the grid by the half hour or hour: a signal, never a reported figure."""
