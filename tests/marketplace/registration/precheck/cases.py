"""The corpus of written contracts: reads it and puts each contract together."""

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import cn2an

from marketplace.registration.rulebook.engine import check
from marketplace.registration.rulebook.facts import (
    Deduction,
    Evidence,
    Facts,
    Indicator,
    Part,
    Party,
)
from marketplace.registration.rulebook.findings import Finding
from marketplace.registration.rulebook.reading import Reading, read_text

HERE = Path(__file__).parent / "corpus"
UNSEEN = HERE / "unseen"
SELLER, BUYER = "沂州理工大学", "沂蒙磁材有限公司"
#: Who sells rights that no public body holds.
COMPANY = "沂州新材料有限公司"
TOTAL = 86_000_000


@dataclass(frozen=True)
class Written:
    """A written contract: what it expects, its facts, its text, and the day of the check."""

    id: str
    expect: frozenset[str]
    levels: dict[str, str]
    facts: Facts
    text: str
    today: date

    def reading(self) -> Reading:
        return read_text(self.text)

    def findings(self) -> list[Finding]:
        return check(self.facts, self.reading(), self.today)


def load(folder: Path = HERE) -> list[Written]:
    """All contracts of the corpus, in the order of the files. `UNSEEN` has those that nothing was tuned on."""
    return [
        _written(row)
        for path in sorted(folder.glob("*.toml"))
        for row in tomllib.loads(path.read_text())["case"]
    ]


def _written(row: dict[str, Any]) -> Written:
    signed = row.get("signed", date(2026, 5, 10))
    starts = row.get("starts", signed)
    ends = starts + timedelta(days=364)
    facts = _facts(row, signed, starts, ends)
    return Written(
        id=row["id"],
        expect=frozenset(row["expect"]),
        levels=row.get("levels", {}),
        facts=facts,
        text=_text(row, facts),
        today=row.get("today", signed + timedelta(days=20)),
    )


def _money(row: dict[str, Any], name: str, usual: int | None) -> int | None:
    value = row.get(name, usual)
    return None if value == "none" else value


def _facts(row: dict[str, Any], signed: date, starts: date, ends: date) -> Facts:
    shares = row.get("shares", [None, None])
    is_private = row["type"][:2] in {"ZR", "XK"} and not row.get("is_state_held", False)
    nature = row.get("seller_nature", "150" if is_private else "022")
    usual = COMPANY if nature == "150" else SELLER
    sellers = [row.get("seller", usual)] + ([row["joint_seller"]] if "joint_seller" in row else [])
    parties = [
        Party(
            "seller",
            name,
            is_person=row.get("seller_is_person", False),
            identity=""
            if row.get("seller_is_person")
            else ("123700004955000068", "91371300495500022L")[at],
            nature="" if row.get("seller_is_person") else nature,
            district="371302",
            share_bp=shares[at],
        )
        for at, name in enumerate(sellers)
    ]
    country = row.get("buyer_country", "CHN")
    parties.append(
        Party(
            "buyer",
            row.get("buyer", BUYER),
            identity="91371300495500014R" if country == "CHN" else "HRB 1234",
            nature="150",
            district="371311" if country == "CHN" else "",
            country=country,
        )
    )
    if broker := row.get("broker"):
        parties.append(Party("broker", broker, identity="91371300495500030F"))
    total = _money(row, "total", TOTAL)
    return Facts(
        title=row["title"],
        contract_type=row["type"],
        origin=row.get("origin", "empty"),
        parties=tuple(parties),
        total=total,
        technical=_money(row, "technical", total),
        is_estimate=row.get("is_estimate", False),
        deductions=tuple(Deduction(kind, fen) for kind, fen in row.get("deductions", [])),
        currency=row.get("currency", "CNY"),
        payment_mode=row.get("payment_mode", "lump"),
        instalments=tuple(Part(fen) for fen in row.get("instalments", [])),
        signed_on=signed,
        starts_on=starts,
        ends_on=ends,
        field="05",
        industry="C39",
        aim="10",
        plan_source=row.get("plan_source", "none"),
        plan_number=row.get("plan_number", ""),
        ip_kinds=tuple(row.get("ip_kinds", ["none"])),
        ip_numbers=row.get("ip_numbers", ""),
        is_state_held=row.get("is_state_held", False),
        is_equity=row.get("is_equity", False),
        price_evidence=tuple(Evidence(*item, has_file=True) for item in row.get("evidence", [])),
        subject=row["subject"],
        acceptance=tuple(Indicator(*item) for item in row.get("acceptance", [])),
        new_investment=row.get("new_investment"),
        new_output=row.get("new_output"),
    )


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _text(row: dict[str, Any], facts: Facts) -> str:
    """The body between a usual head and foot, unless the contract was written whole."""
    if "whole" in row:
        return "\n".join((row["whole"], *(party.name for party in facts.parties)))
    buyer, sellers = facts.side("buyer")[0].name, facts.side("seller")
    seller = sellers[0].name
    yuan = TOTAL // 100
    words = cn2an.an2cn(yuan, "rmb")
    head = [row["title"], f"甲方（委托方）：{buyer}", f"乙方（受托方）：{seller}"]
    foot = []
    if "third_head" in row:
        head.append(f"丙方（中介方）：{row['broker']}")
    if row.get("no_seal") != "buyer":
        foot.append(f"甲方（盖章）：{row.get('seal_buyer', buyer)}")
    if row.get("no_seal") != "seller":
        foot.append(f"乙方（盖章）：{row.get('seal_seller', seller)}")
    if "third_head" in row:
        foot.append(f"丙方（盖章）：{row['broker']}")
    if row.get("patent_text"):
        head.append(f"专利（申请）号：{row['ip_numbers']}")
    price = row.get("price_text", f"合同价款为人民币{yuan}元（大写：{words}），一次付清。")
    assert facts.starts_on
    assert facts.ends_on
    assert facts.signed_on
    dates = row.get("date_text", f"本合同有效期自{_day(facts.starts_on)}至{_day(facts.ends_on)}。")
    signed = f"签订日期：{_day(facts.signed_on)}"
    if "date_text" in row:
        signed = ""
    return "\n".join((*head, row["body"].strip(), price, dates, *foot, signed))
