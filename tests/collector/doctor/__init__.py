"""Tests of the collector's doctor."""
