"""Shared code below all slices. It contains no business noun."""
