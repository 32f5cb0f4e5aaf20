"""Pages of publicities and objections."""

from marketplace.publicity.views.objections import contest, edit_objection, objection, objections
from marketplace.publicity.views.own import change_files, edit, manage, new, own
from marketplace.publicity.views.public import public_list, public_page

__all__ = [
    "change_files",
    "contest",
    "edit",
    "edit_objection",
    "manage",
    "new",
    "objection",
    "objections",
    "own",
    "public_list",
    "public_page",
]
