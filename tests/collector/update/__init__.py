"""Roll-outs of packages."""
