"""Counted turnover in figures: the headline, tables, targets, and what may be published."""
