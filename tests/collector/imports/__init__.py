"""Tests of `collector.imports`."""
