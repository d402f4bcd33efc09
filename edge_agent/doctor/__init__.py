"""`edge-agent doctor`: what this disk, clock, broker and wiring really promise the agent."""
