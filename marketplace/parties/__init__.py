"""People, organisations, membership, verification."""
