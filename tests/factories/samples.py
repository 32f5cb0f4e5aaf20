"""The sample data in tests: the slices that a test speaks of, since all of it takes a minute."""

from marketplace.web import samples

LISTINGS = ("organisations and people", "achievements", "needs")


def load_listings() -> None:
    """Sample organisations with their achievements and needs; nothing that stands on them."""
    for declared in samples.declared():
        if declared.what in LISTINGS:
            declared.load(lambda *_: None)
