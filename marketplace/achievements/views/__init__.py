"""The pages of achievements: listings, import, batches, export."""

from marketplace.achievements.views.batches import batch_review
from marketplace.achievements.views.imports import (
    import_new,
    import_result,
    import_show,
    import_template,
)
from marketplace.achievements.views.listings import (
    achievement_act,
    achievement_check,
    achievement_contact,
    achievement_detail,
    achievement_edit,
    achievement_export,
    achievement_list,
    achievement_manage,
    achievement_new,
    achievement_review,
    achievements_of_organization,
    own_achievements,
    own_export,
)

__all__ = [
    "achievement_act",
    "achievement_check",
    "achievement_contact",
    "achievement_detail",
    "achievement_edit",
    "achievement_export",
    "achievement_list",
    "achievement_manage",
    "achievement_new",
    "achievement_review",
    "achievements_of_organization",
    "batch_review",
    "import_new",
    "import_result",
    "import_show",
    "import_template",
    "own_achievements",
    "own_export",
]
