"""Calls for solutions, challenges and tenders (征集、揭榜、招标): from a need to the deadline for bids."""
