"""The read-only HTTP API: what the store holds, for the programs of others."""
