"""Tests of the pure roll-up."""
