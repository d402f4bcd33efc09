"""Whether all that was read has come: holes, completeness of days, silent meters."""
