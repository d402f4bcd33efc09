"""Which sites and days the tests of the portfolio are about."""

from __future__ import annotations

from datetime import date

FIRST, END = date(2025, 6, 1), date(2025, 8, 1)
SITES = tuple(f"site-{number:03}" for number in range(1, 7))
SILENT = "site-004"
"""Nothing is stored of it."""
SOUND = tuple(site for site in SITES if site != SILENT)
