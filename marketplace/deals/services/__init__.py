"""Everything that changes contracts. Each service is one transaction: lock, policy, state, save, event."""

from marketplace.deals.services.amending import (
    AMENDABLE,
    agree_amendment,
    end_amendment,
    propose_amendment,
)
from marketplace.deals.services.awarding import (
    contract_of_award,
    create_from_award,
    stones_of,
)
from marketplace.deals.services.common import check_standing
from marketplace.deals.services.creating import create_empty, create_from_intent
from marketplace.deals.services.editing import SECTIONS, save_section
from marketplace.deals.services.finals import (
    attest_final,
    confirm_final,
    reopen,
    set_final_text,
)
from marketplace.deals.services.importing import (
    ImportedParty,
    ImportedRow,
    create_imported,
    update_imported,
)
from marketplace.deals.services.origins import confirm_origin, propose_origin
from marketplace.deals.services.performing import (
    cancel,
    paid_fen,
    perform,
    record_invoice,
    record_milestone,
    record_payment,
    reverse_payment,
    start,
    terminate,
)
from marketplace.deals.services.registering import lock_facts, put_on_desk
from marketplace.deals.services.signing import add_copy, sign
from marketplace.deals.services.ties import note_ties

__all__ = [
    "AMENDABLE",
    "SECTIONS",
    "ImportedParty",
    "ImportedRow",
    "add_copy",
    "agree_amendment",
    "attest_final",
    "cancel",
    "check_standing",
    "confirm_final",
    "confirm_origin",
    "contract_of_award",
    "create_empty",
    "create_from_award",
    "create_from_intent",
    "create_imported",
    "end_amendment",
    "lock_facts",
    "note_ties",
    "paid_fen",
    "perform",
    "propose_amendment",
    "propose_origin",
    "put_on_desk",
    "record_invoice",
    "record_milestone",
    "record_payment",
    "reopen",
    "reverse_payment",
    "save_section",
    "set_final_text",
    "sign",
    "start",
    "stones_of",
    "terminate",
    "update_imported",
]
