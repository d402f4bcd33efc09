"""How the collector is: the facts, and the same as a health page and as figures for Prometheus."""
