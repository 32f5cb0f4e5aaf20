"""Template filters of the registration."""
