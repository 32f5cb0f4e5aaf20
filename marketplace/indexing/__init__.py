"""Operators rebuild a search index, whichever slice has declared it."""
