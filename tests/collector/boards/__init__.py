"""Grafana provisioned, against a fake that keeps the real one's rules."""
