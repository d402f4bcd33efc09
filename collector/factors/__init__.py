"""Emission factors: dated, sourced data files, and the look-up that never answers zero."""
