"""Tests of `collector.billing`."""
