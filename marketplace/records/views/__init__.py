"""The pages of records."""

from marketplace.records.views.data import about, feed, one, record, year
from marketplace.records.views.figures import figures
from marketplace.records.views.packs import pack

__all__ = ["about", "feed", "figures", "one", "pack", "record", "year"]
