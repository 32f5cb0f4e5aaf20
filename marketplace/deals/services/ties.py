"""Who bound one side of a contract knows the other: told to the evaluation, which seats none of them over it."""

from marketplace.deals.models import Contract, FinalConfirmation
from marketplace.evaluation.services import note_relation


def note_ties(contract: Contract) -> None:
    """Note a relation of each person who confirmed the text for a party to the organisations of the others.

    A repetition changes nothing. Two queries, and one for each relation.
    """
    parties = list(contract.parties.select_related("organization"))
    confirmed = FinalConfirmation.objects.filter(final_text__contract=contract, attested=False)
    for row in confirmed.select_related("by"):
        for other in parties:
            if other.pk != row.party_id and other.organization is not None:
                note_relation(row.by, other.organization, "contract", contract.code)
