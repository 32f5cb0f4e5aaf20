"""The page types: home, news, policies, and pages without a date."""
