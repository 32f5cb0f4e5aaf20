"""Append-only event log, delivery of events to handlers after commit, and long jobs."""
