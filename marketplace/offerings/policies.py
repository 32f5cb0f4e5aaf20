"""Who may do what with a service offer."""

from marketplace.listings.policies import register

register("offerings", "offering")
