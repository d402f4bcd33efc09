"""Reports made on request or on a schedule: gathered, built, written to formats, sent."""
