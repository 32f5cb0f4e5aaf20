"""Append-only facts, their delivery to handlers after commit, and long jobs."""
