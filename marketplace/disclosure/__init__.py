"""Staged disclosure: who reads the confidential part of a listing, on what ground, and who has read it."""
