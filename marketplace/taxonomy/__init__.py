"""Code lists: industries, technology fields, districts, maturity, kinds and modes."""
