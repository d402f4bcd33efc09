"""Tests of `collector.summarise`."""
