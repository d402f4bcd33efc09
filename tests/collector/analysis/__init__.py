"""Tests of `collector.analysis`."""
