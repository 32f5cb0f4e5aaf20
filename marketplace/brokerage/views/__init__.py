"""The pages of brokerage."""

from marketplace.brokerage.views.certificates import certificate, certificate_new
from marketplace.brokerage.views.consent import consent
from marketplace.brokerage.views.directory import directory, show_broker
from marketplace.brokerage.views.entry import (
    edit,
    entry,
    own,
    preview,
)
from marketplace.brokerage.views.example import example
from marketplace.brokerage.views.filing import filing, filing_export, filings
from marketplace.brokerage.views.review import register, review

__all__ = [
    "certificate",
    "certificate_new",
    "consent",
    "directory",
    "edit",
    "entry",
    "example",
    "filing",
    "filing_export",
    "filings",
    "own",
    "preview",
    "register",
    "review",
    "show_broker",
]
