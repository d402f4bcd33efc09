"""The collector: receives, judges, stores, sums and shows."""
