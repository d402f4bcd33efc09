"""Dated, sourced tariffs, and their look-up."""
