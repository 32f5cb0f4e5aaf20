"""The pages of achievements that other listings do not have: import and batches."""

from marketplace.achievements.views.batches import batch_review
from marketplace.achievements.views.imports import (
    import_new,
    import_result,
    import_show,
    import_template,
)

__all__ = ["batch_review", "import_new", "import_result", "import_show", "import_template"]
