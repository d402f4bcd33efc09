"""The edge agent: reads meters, keeps readings, sends them."""
