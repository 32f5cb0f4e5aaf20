"""Comparing a need with an achievement: units, names, indicators, evidence rows. Pure functions.

Everything here works on plain values, so it can be tried without a database. Nothing raises on any
text a person may type: what cannot be understood is a row that says so.
"""
