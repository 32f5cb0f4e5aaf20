"""投标和揭榜方案: bids for tenders, sealed or hidden by rights until the opening, with signed receipts."""
