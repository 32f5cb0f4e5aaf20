"""Who reads the figures that are not public, and who sets targets."""

import rules

from marketplace.parties.policies import REGISTRARS, Role, is_confirmed, platform_role

#: Who reads the workbench's figures and drills down to entries. County registrars see all counties' sums,
#: and the entries of their own.
READERS = (*REGISTRARS, Role.AUTHORITY, Role.AUDITOR)
#: Tax, finance and state-asset officers hold one of these.
CHECKERS = (Role.AUTHORITY, Role.AUDITOR)

rules.add_perm("statistics.read_figures", platform_role(*READERS))
rules.add_perm("statistics.check_number", platform_role(*CHECKERS))
rules.add_perm(
    "statistics.set_target",
    is_confirmed & platform_role(Role.REGISTRAR_CITY, Role.AUTHORITY),
)
