"""Progress of a small firm against its science-based target (SBT, SME route)."""
