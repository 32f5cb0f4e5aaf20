"""Everything that changes brokers, mandates and introductions."""

from marketplace.brokerage.services.register import apply, decide, enter, submit

__all__ = ["apply", "decide", "enter", "submit"]
