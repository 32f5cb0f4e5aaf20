"""Questions about publicities and objections."""

from marketplace.publicity.queries.objections import (
    answering,
    drafts_to_raise,
    objections_of,
    objections_visible_to,
    own_objections,
    public_objections,
    to_answer,
    to_rule,
)
from marketplace.publicity.queries.organizations import organization_subject
from marketplace.publicity.queries.publicities import (
    blocking,
    due,
    own,
    published,
    published_for,
    published_in,
    raised_count,
    reads_file,
    reads_objection_file,
    running_of,
    subject_of,
    visible_to,
)

__all__ = [
    "answering",
    "blocking",
    "drafts_to_raise",
    "due",
    "objections_of",
    "objections_visible_to",
    "organization_subject",
    "own",
    "own_objections",
    "public_objections",
    "published",
    "published_for",
    "published_in",
    "raised_count",
    "reads_file",
    "reads_objection_file",
    "running_of",
    "subject_of",
    "to_answer",
    "to_rule",
    "visible_to",
]
