"""Tests of `collector.commands`."""
