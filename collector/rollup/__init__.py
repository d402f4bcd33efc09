"""From raw counters to energy, CO2 and demand: pure arithmetic on numbers handed in."""
