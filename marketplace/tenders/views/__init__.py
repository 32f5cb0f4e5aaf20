"""The pages of tenders."""

from marketplace.tenders.views.manage import change_files, manage
from marketplace.tenders.views.own import amend, edit, new, own
from marketplace.tenders.views.public import public_list, public_page
from marketplace.tenders.views.standing import standing
from marketplace.tenders.views.survey import survey
from marketplace.tenders.views.talk import answer, ask

__all__ = [
    "amend",
    "answer",
    "ask",
    "change_files",
    "edit",
    "manage",
    "new",
    "own",
    "public_list",
    "public_page",
    "standing",
    "survey",
]
