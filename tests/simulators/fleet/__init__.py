"""Tests of the played fleet."""
