"""The opening of bids after the deadline: shares of keepers, outcomes, minutes, and who reads what."""
