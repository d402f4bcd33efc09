"""Backups: taken, verified, brought back."""
