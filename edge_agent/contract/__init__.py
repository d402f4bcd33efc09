"""The published language: what appears in a message or its topic, and nothing else."""
