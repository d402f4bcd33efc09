"""The verbs of `edge-agent`, one file a group; `__main__` puts them together.

What draws tables is loaded by the verbs that do: `run` lives for years on a small board.
"""
