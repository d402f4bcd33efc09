"""Updates from afar, at the agent."""
