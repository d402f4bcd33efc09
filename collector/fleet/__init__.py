"""Identities of a fleet of agents: an authority of the collector's own, and the fleet server.

Agents enrol there with a one-time token and renew their certificates by themselves.
"""
