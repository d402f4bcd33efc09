"""Tests of the collector's state."""
