"""Tests of what tells how the collector is."""
