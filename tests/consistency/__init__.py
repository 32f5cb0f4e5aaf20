"""The site as real processes on servers of its own, which are killed under it: nothing lost, nothing leaked."""
