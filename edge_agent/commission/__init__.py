"""What the installer uses: which meters are there, what they are, and what their words mean.

``scan`` finds units on a line, ``identify`` says which profile they are, ``solve`` finds the
mistake of a profile that reads nonsense. Nothing in this room writes to a meter.
"""
