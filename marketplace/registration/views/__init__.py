"""Pages of the registration."""
