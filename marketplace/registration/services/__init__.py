"""Everything that changes filings, the ledger and imports of the official register."""
