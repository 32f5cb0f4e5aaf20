"""What needs and achievements share: flow, indicators, wizard, review."""
