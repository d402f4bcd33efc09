"""Reports: pure functions from totals to a ``Report`` that any export can render."""
