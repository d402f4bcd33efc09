"""The measurements behind BENCHMARKS.md: ``make bench``."""
