"""Everything that changes agreements, grants, released names and the log."""

from marketplace.disclosure.services.agreements import (
    accept_agreement,
    load_texts,
    load_texts_after_migrate,
    publish_text,
)
from marketplace.disclosure.services.files import DOOR
from marketplace.disclosure.services.grants import (
    decline,
    end_grants,
    give_grant,
    offer_grant,
    prolong,
    release_name,
    request_grant,
    revoke,
    withdraw,
)
from marketplace.disclosure.services.readings import record_reading
from marketplace.disclosure.services.samples import remove_samples

__all__ = [
    "DOOR",
    "accept_agreement",
    "decline",
    "end_grants",
    "give_grant",
    "load_texts",
    "load_texts_after_migrate",
    "offer_grant",
    "prolong",
    "publish_text",
    "record_reading",
    "release_name",
    "remove_samples",
    "request_grant",
    "revoke",
    "withdraw",
]
