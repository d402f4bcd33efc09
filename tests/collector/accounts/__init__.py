"""Tests of `collector.accounts`."""
