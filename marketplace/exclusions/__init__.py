"""Decisions of competent bodies that exclude somebody from tenders, repeated here with their source."""
