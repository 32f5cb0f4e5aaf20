"""Questions about filings, the ledger and imports of the official register."""
