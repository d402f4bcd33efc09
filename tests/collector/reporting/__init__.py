"""Tests of `collector.reporting`."""
