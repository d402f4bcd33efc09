"""Tests of `collector.intensity`."""
