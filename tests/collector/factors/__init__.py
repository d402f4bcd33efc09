"""Tests of the emission factors."""
