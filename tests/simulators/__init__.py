"""Tests of the simulators: meters, plants, ledger, CSV series, broker."""
