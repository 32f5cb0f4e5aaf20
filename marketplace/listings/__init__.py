"""What every kind of listing shares: flow, moves, events, indicators, wizard, review, API."""
