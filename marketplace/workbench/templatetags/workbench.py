"""What stored names of events and jobs are called."""

from typing import Any

from django import template
from django.utils.translation import gettext as _

from marketplace.journal import jobs
from marketplace.kernel.events import event_named, handler_named

register = template.Library()


@register.filter
def event_label(name: str) -> Any:
    """An event's name for people; the stored one of an event that exists no more."""
    return getattr(event_named(name), "label", name)


@register.filter
def why_given_up(delivery: Any) -> Any:
    """Why a dead letter was given up: in words where no attempt can help any more."""
    if event_named(delivery.entry.event) is None:
        return _("程序里已没有这种事件")
    if handler_named(delivery.handler) is None:
        return _("程序里已没有这个处理程序")
    return delivery.error


@register.filter
def job_label(kind: str) -> Any:
    """A job's name for people."""
    return jobs.label_of(kind)
