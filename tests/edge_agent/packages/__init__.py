"""Signed packages."""
