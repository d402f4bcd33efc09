"""What the threat model promises, held by tests; and the audit of what we depend on."""
