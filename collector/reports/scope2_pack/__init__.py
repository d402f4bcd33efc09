"""The Scope 2 pack for a customer: both methods, factors, quality, allocation."""
