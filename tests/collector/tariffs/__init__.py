"""Tests of `collector.tariffs`."""
