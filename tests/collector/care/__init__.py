"""Tests of questions to agents and of settings pushed to them."""
