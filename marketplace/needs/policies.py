"""Who may do what with a need."""

from marketplace.listings.policies import register

register("needs", "need")
