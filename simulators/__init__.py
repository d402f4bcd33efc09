"""Meters, plants and load shapes that stand in for the real thing."""
