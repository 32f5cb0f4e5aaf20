"""Ledger rows in bulk, written as the ledger writes them, without a filing's way: for figures and their speed."""

from collections.abc import Iterable, Sequence
from datetime import date
from random import Random
from typing import Any

from marketplace.deals.models import Contract, ContractParty
from marketplace.deals.workflow import Book, ContractStatus, Origin, Side
from marketplace.kernel import clock
from marketplace.kernel.codes import new_code
from marketplace.registration.models import Filing, LedgerPeriod
from marketplace.registration.services.ledger import Posting, post
from marketplace.registration.workflow import FilingStatus, PeriodStatus

DISTRICTS = ("371302", "371311", "371312", "371321", "371322", "371323", "371324", "371325")
TYPES = ("KF1", "KF2", "ZR1", "XK1", "ZX", "FW")
FIELDS = ("01", "02", "03", "04")
INDUSTRIES = ("C30", "C35", "C27")


def make_rows(
    count: int,
    *,
    months: Sequence[str],
    book: str = Book.CITY,
    seed: int = 1,
    parties: int = 60,
) -> list[Any]:
    """`count` registered contracts with two parties each, posted over these months. Returns the entries."""
    random = Random(seed)
    contract_codes = _new_codes(Contract, "HT", count)
    filing_codes = _new_codes(Filing, "RD", count)
    contracts = Contract.objects.bulk_create(
        [
            Contract(
                code=contract_codes[n],
                book=book,
                origin=Origin.IMPORT,
                status=ContractStatus.PERFORMING,
                title=f"登记合同 {n}",
                contract_type=random.choice(TYPES),
                amount_total_fen=(amount := random.randrange(1, 400) * 1_000_000),
                amount_technical_fen=amount * random.randrange(50, 101) // 100,
                signed_on=date(int(months[0][:4]), 1, 1),
            )
            for n in range(count)
        ],
        batch_size=500,
    )
    ContractParty.objects.bulk_create(
        [
            ContractParty(
                contract=contract,
                side=side,
                name=f"{side}-{random.randrange(parties)}",
                identity="",
                district=random.choice(DISTRICTS),
            )
            for contract in contracts
            for side in (Side.SELLER, Side.BUYER)
        ],
        batch_size=500,
    )
    chosen = sorted(random.choice(months) for _contract in contracts)
    filings = Filing.objects.bulk_create(
        [
            Filing(
                code=filing_codes[n],
                book=book,
                contract=contract,
                status=FilingStatus.REGISTERED,
                district=random.choice(DISTRICTS),
                official_number=f"{seed:04d}{n:010d}",
                official_on=(day := date(int(month[:4]), int(month[5:]), 15)),
                registered_at=clock.now(),
                recognised_type=contract.contract_type,
                recognised_total_fen=contract.amount_total_fen,
                recognised_technical_fen=contract.amount_technical_fen,
            )
            for n, (contract, month) in enumerate(zip(contracts, chosen, strict=True))
        ],
        batch_size=500,
    )
    del day
    postings = [
        _posting(filing, contract, random)
        for filing, contract in zip(filings, contracts, strict=True)
    ]
    return post(postings, book=book, actor=None)


def _new_codes(model: Any, prefix: str, count: int) -> list[str]:
    """Codes that no row has: of 200,000 random ones some are the same."""
    taken = set(model.objects.values_list("code", flat=True))
    found: set[str] = set()
    while len(found) < count:
        found |= {new_code(prefix) for _ in range(count - len(found))} - taken
    return sorted(found)


def _posting(filing: Filing, contract: Contract, random: Random) -> Posting:
    flow = random.choice((["output"], ["absorb"], ["absorb", "local", "output"]))
    facts = {
        "kind": contract.contract_type[:2],
        "contract_type": contract.contract_type,
        "field": random.choice(FIELDS),
        "industry": random.choice(INDUSTRIES),
        "plan_source": "",
        "district": filing.district,
        "seller_district": filing.district,
        "buyer_district": random.choice(DISTRICTS),
        "seller_nature": random.choice(("021", "022", "031")),
        "buyer_nature": random.choice(("031", "032")),
        "flow": flow,
        "ip": random.choice(([], ["invention"], ["invention", "software"])),
        "broker": random.random() < 0.3,
    }
    return Posting(
        "register",
        contract.pk,
        filing.pk,
        filing.recognised_total_fen or 0,
        filing.recognised_technical_fen or 0,
        facts,
        filing.official_on or clock.today(),
    )


def close_months(months: Iterable[str], book: str = Book.CITY) -> None:
    """Mark months as closed, as two approvers would."""
    LedgerPeriod.objects.filter(book=book, month__in=list(months)).update(
        status=PeriodStatus.CLOSED, hash="0" * 64
    )
