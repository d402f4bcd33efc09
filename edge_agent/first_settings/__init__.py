"""What a new agent must be told before it can run: asked once, checked, written in one step."""
