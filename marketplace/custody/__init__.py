"""Keepers of the keys of sealed bids, and the format of a sealed bid."""
