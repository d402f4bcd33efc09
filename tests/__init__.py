"""All tests; the folders mirror the code."""
