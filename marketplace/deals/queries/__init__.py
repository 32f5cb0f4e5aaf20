"""Questions about contracts."""

from marketplace.deals.queries.facts import (
    flow_of,
    kind_of,
    missing_price_evidence,
    names_of,
    needs_price_evidence,
    official_facts,
    price_evidence_blocks,
)
from marketplace.deals.queries.keeping import KEPT_DAYS, enquiries_kept, with_contract
from marketplace.deals.queries.origins import origins_to_confirm, with_proposals
from marketplace.deals.queries.people import contract_facts, people_of
from marketplace.deals.queries.reading import (
    brokers,
    buyers,
    contract_by_id,
    contract_of,
    contract_of_intent,
    contracts_of_enquiries,
    files_of,
    flags_of,
    of_side,
    own_contracts,
    parties_of,
    reads_file,
    sellers,
    visible_to,
    whole,
)
from marketplace.deals.queries.texts import (
    open_text,
    texts_of,
    unconfirmed_parties,
    waiting_parties,
)

__all__ = [
    "KEPT_DAYS",
    "brokers",
    "buyers",
    "contract_by_id",
    "contract_facts",
    "contract_of",
    "contract_of_intent",
    "contracts_of_enquiries",
    "enquiries_kept",
    "files_of",
    "flags_of",
    "flow_of",
    "kind_of",
    "missing_price_evidence",
    "names_of",
    "needs_price_evidence",
    "of_side",
    "official_facts",
    "open_text",
    "origins_to_confirm",
    "own_contracts",
    "parties_of",
    "people_of",
    "price_evidence_blocks",
    "reads_file",
    "sellers",
    "texts_of",
    "unconfirmed_parties",
    "visible_to",
    "waiting_parties",
    "whole",
    "with_contract",
    "with_proposals",
]
