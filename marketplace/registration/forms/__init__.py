"""Forms of filings; what they say is judged by the services."""
