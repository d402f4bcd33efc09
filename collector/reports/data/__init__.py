"""Figures of law and schemes, dated and sourced."""
