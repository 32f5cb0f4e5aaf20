"""Wagtail: page types, blocks and templates of the editorial part."""
