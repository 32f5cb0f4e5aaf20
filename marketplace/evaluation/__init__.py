"""Experts, the panel of a lot, their conflicts of interest, scores, the ranking and the report."""
