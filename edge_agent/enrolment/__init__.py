"""The agent's identity: how it gets its certificate, and how it renews it by itself."""
