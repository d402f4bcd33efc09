"""The verbs of `collector` beyond running it: one file a group, wired in `collector.__main__`."""
