"""The fault suite: real processes, real services, real faults, and a ledger that judges."""
