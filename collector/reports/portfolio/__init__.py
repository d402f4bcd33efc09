"""The portfolio report: many sites beside one another, and what stands out among them."""
