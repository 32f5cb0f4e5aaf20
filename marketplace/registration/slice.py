"""What the shells need to know of registration."""

from marketplace.web.slices import Slice

SLICE = Slice(
    "registration",
    "marketplace.registration.urls",
    no_menu="the check of a contract is reached from the contract",
)
