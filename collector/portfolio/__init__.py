"""Many sites at once: the figures of each, computed side by side."""
