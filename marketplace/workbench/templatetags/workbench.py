"""What stored names of events and jobs are called."""

from typing import Any

from django import template

from marketplace.journal import jobs
from marketplace.kernel.events import event_named

register = template.Library()


@register.filter
def event_label(name: str) -> Any:
    """An event's name for people; the stored one of an event that exists no more."""
    return getattr(event_named(name), "label", name)


@register.filter
def job_label(kind: str) -> Any:
    """A job's name for people."""
    return jobs.label_of(kind)
