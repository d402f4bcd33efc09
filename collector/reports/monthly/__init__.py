"""The monthly report of a plant: what the month was, against last year and the path."""
