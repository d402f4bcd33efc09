"""What a site answers for: CO2 by each method, certificates, closed periods, targets. Pure."""
