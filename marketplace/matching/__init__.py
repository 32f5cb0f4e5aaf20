"""Which achievements answer which needs, and why."""
