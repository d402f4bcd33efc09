"""Updates of agents: packages on a shelf, rolled out ring by ring."""
