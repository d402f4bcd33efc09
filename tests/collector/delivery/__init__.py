"""Tests of what looks after delivery."""
