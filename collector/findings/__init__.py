"""Rules that turn the analysis of a load into proposals with kWh, yen and tonnes."""
