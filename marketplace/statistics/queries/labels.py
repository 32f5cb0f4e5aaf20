"""Names of tables and of their keys, in the reader's language."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from marketplace.registration.rulebook.ledger import CROSS, NONE
from marketplace.taxonomy import queries as taxonomy

#: Dimensions of the ledger and their titles, in the order of the pages.
TITLES: Mapping[str, Any] = {
    "district": gettext_lazy("按县区"),
    "flow": gettext_lazy("输出、吸纳和本地交易"),
    "kind": gettext_lazy("按合同类别"),
    "contract_type": gettext_lazy("按合同类型"),
    "field": gettext_lazy("按技术领域"),
    "industry": gettext_lazy("按国民经济行业"),
    "seller_nature": gettext_lazy("按卖方性质"),
    "buyer_nature": gettext_lazy("按买方性质"),
    "ip": gettext_lazy("按知识产权"),
    "broker": gettext_lazy("有无技术经纪人"),
    "plan_source": gettext_lazy("按计划来源"),
    "seller_district": gettext_lazy("按卖方所在地"),
    "buyer_district": gettext_lazy("按买方所在地"),
    "district.kind": gettext_lazy("按县区和合同类别"),
    "flow.kind": gettext_lazy("按流向和合同类别"),
    "kind.field": gettext_lazy("按合同类别和技术领域"),
}
#: The first digits of the codes of the city (GB/T 2260) and of its province.
_CITY, _PROVINCE = "3713", "37"
_SCHEMES = {
    "district": "district",
    "seller_district": "district",
    "buyer_district": "district",
    "kind": "contract_class",
    "contract_type": "contract_type",
    "field": "field",
    "industry": "economy",
    "seller_nature": "party_nature",
    "buyer_nature": "party_nature",
    "ip": "ip_kind",
    "plan_source": "plan_source",
}
_WORDS: Mapping[tuple[str, str], Any] = {
    ("flow", "output"): pgettext_lazy("flow", "输出"),
    ("flow", "absorb"): pgettext_lazy("flow", "吸纳"),
    ("flow", "local"): pgettext_lazy("flow", "本地交易"),
    ("broker", "yes"): gettext_lazy("有技术经纪人"),
    ("broker", "no"): gettext_lazy("无技术经纪人"),
}
#: Tables whose rows overlap: a contract stands under several keys, and the rows must not be added up.
OVERLAPPING = frozenset({"flow", "ip", "flow.kind"})


def key_label(table: str, key: str) -> str:
    """The name of a key; the key itself where no list knows it."""
    if "." in table:
        names = zip(table.split("."), key.split(CROSS), strict=False)
        return " · ".join(key_label(one, part) for one, part in names)
    if key == NONE:
        return _("未注明")
    if (table, key) in _WORDS:
        return str(_WORDS[table, key])
    scheme = _SCHEMES.get(table)
    label = (taxonomy.label(scheme, key) if scheme else "") or key
    return _outside(key) if scheme == "district" and label == key else label


def _outside(code: str) -> str:
    """A district that the city's list does not have: its code, with whether it is in the province."""
    if not (code.isascii() and code.isdecimal() and len(code) == 6) or code.startswith(_CITY):
        return code
    return (_("市外（%(code)s）") if code.startswith(_PROVINCE) else _("省外（%(code)s）")) % {
        "code": code
    }
