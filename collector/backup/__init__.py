"""Everything a collector holds, in one file, and back into an empty one."""
