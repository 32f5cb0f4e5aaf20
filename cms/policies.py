"""Who edits the site: what Wagtail asks before it opens its admin."""

import rules

from marketplace.parties.policies import Role, platform_role

#: The platform roles that work in the editorial part.
EDITING_ROLES = (Role.EDITOR, Role.OPERATOR)

# Wagtail's own name for the door. A role that is taken away shuts it at once, whatever groups say.
rules.add_perm("wagtailadmin.access_admin", platform_role(*EDITING_ROLES))
