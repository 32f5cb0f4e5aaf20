"""Technology contracts: from an agreed intent or an imported row to signature, performance and end."""
