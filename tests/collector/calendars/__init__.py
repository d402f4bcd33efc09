"""Tests of `collector.calendars`."""
