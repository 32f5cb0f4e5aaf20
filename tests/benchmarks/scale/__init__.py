"""`make bench-scale`: 10,000 and 100,000 listings on both engines, beside the bare engine."""
