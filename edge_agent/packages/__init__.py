"""Signed packages: what an update is, for those who make, pass on and install it."""
