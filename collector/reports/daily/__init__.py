"""The daily report of a plant: one page about yesterday."""
