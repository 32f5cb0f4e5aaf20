"""Who may do what with a achievement."""

from marketplace.listings.policies import register

register("achievements", "achievement")
