"""Grid carbon intensity by the half hour: a signal of its own, never part of a total."""
