"""Exports: one file per format; each renders any ``Report``."""
