"""The demo: a plant, an agent and a collector in one process, past days first, then live.

This room wires: it alone may import the applications of both sides.
"""
