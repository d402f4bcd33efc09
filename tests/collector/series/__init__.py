"""Tests of the series that leave the store."""
