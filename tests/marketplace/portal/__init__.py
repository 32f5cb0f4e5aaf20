"""The public shell."""
