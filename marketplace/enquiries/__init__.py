"""Enquiries: the conversation of two parties about one listing, from the first question on."""
