"""Rules of open data and of keeping papers: pure functions and versioned data. No models, no clock."""
