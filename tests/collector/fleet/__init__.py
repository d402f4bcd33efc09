"""Tests of the collector's fleet room."""
