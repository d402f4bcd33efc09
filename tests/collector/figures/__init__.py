"""Tests of the figures made for boards and alerts."""
