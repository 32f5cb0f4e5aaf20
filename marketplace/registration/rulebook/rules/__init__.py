"""The rules as data: what each is called, how weighty it is, how to mend it, and on what it rests.

`old` is the basis for contracts of the time of the rules of 2001, `new` for those of 2026; a rule without a
basis in a book does not belong to it. What a rule looks at stands in `checks_*.py` under the same code.
"""

from marketplace.registration.rulebook.rules.amounts import AMOUNTS
from marketplace.registration.rulebook.rules.conditions import CONDITIONS
from marketplace.registration.rulebook.rules.form import FORM_RULES
from marketplace.registration.rulebook.rules.parties import PARTIES
from marketplace.registration.rulebook.rules.subject import SUBJECT

RULES = PARTIES + SUBJECT + CONDITIONS + AMOUNTS + FORM_RULES
