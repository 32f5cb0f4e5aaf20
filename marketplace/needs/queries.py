"""Questions about needs that are not the same for every listing."""

from django.db.models import QuerySet
from django.forms.models import model_to_dict

from marketplace.kernel.actors import Actor
from marketplace.listings import queries as listings
from marketplace.listings.rulebook import Quality
from marketplace.needs import rulebook
from marketplace.needs.models import Need


def visible_to(actor: Actor) -> QuerySet[Need]:
    """The needs that `actor` may see."""
    return listings.visible_to(Need, actor)


def quality_of(need: Need) -> Quality:
    """The quality gate's view of a stored need; one query."""
    rows = [model_to_dict(row) for row in need.indicators.all()]
    return rulebook.assess(model_to_dict(need) | need.contact.columns, rows)
