"""One file a report: what it is called, what it needs, how it is built."""
