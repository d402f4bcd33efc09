"""Tests of `collector.portfolio`."""
