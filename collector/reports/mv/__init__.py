"""The M&V report: what a measure has saved, and what a verifier can compute again."""
