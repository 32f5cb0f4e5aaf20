"""On what a rule rests: law texts, the registration form, and the platform's own arithmetic.

What was read: of the rules of 2026 (《技术合同认定登记规则》, annex of the measures issued on 2026-01-23)
parts of a copy on a third-party page, articles 11, 12, 25–31 and 36–39; of the rules of 2001 (《技术合同认定
规则》, 国科发政字〔2001〕253号) articles 4–6, 34–38 and 43–47; the list of refusals that 科技部火炬中心
published on 2021-01-13; the named articles of the Civil Code. The official final text of 2026 was not found:
every citation outside of these articles says that it is not verified, and such a rule only warns.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

_READ_2026 = {11, 12, *range(25, 32), *range(36, 40)}
_READ_2001 = {4, 5, 6, *range(34, 39), *range(43, 48)}
NOT_READ = _("条文未核实")
NUMBER_NOT_READ = _("条文内容已读到，条号未核实")


@dataclass(frozen=True)
class Basis:
    """What a rule rests on. `unverified` is empty, or says what was not verified."""

    article: Any
    unverified: Any = ""


class _Numbered:
    """A text with a number in it, put together in the reader's language."""

    def __init__(self, pattern: Any, number: int) -> None:
        self.pattern, self.number = pattern, number

    def __str__(self) -> str:
        return str(self.pattern) % {"n": self.number}


def rule_2026(article: int) -> Basis:
    """An article of the rules of 2026."""
    text = _Numbered(_("《技术合同认定登记规则》（2026 年）第%(n)d条"), article)
    return Basis(text, "" if article in _READ_2026 else NOT_READ)


def rule_2001(article: int) -> Basis:
    """An article of the rules of 2001."""
    text = _Numbered(_("《技术合同认定规则》（2001 年）第%(n)d条"), article)
    return Basis(text, "" if article in _READ_2001 else NOT_READ)


def refusal_2021(number: int) -> Basis:
    """A number of the list of refusals of the Torch Centre."""
    return Basis(_Numbered(_("科技部火炬中心《不予登记情形》（2021-01-13）第%(n)d项"), number))


def civil_code(article: int) -> Basis:
    """An article of the Civil Code; contracts before 2021 fall under the same rule of the Contract Law."""
    return Basis(_Numbered(_("《民法典》第%(n)d条"), article))


CHAPTER_2026 = Basis(_("《技术合同认定登记规则》（2026 年）相应类型的认定条件"), NUMBER_NOT_READ)
CHAPTER_2001 = Basis(_("《技术合同认定规则》（2001 年）相应类型的认定条件"), NUMBER_NOT_READ)
AMOUNTS_2026 = Basis(_("《技术合同认定登记规则》（2026 年）第六章 核定技术交易额"), NOT_READ)
AMOUNTS_2001 = Basis(_("《技术合同认定规则》（2001 年）第七章 核定技术性收入"), NUMBER_NOT_READ)
DRAFT_2024 = Basis(_("《技术合同认定登记管理办法》（2024 年 12 月征求意见稿）"), NOT_READ)
PAPERS_2001 = Basis(_("《技术合同认定规则》（2001 年）关于申办材料的规定"), NUMBER_NOT_READ)
FORM = Basis(_("技术合同登记表（表号 JJ-001）填写项"))
DICTIONARY = Basis(_("技术合同登记表（代码项）"), NOT_READ)
OWN = Basis(_("平台核对：表与表、表与合同文本之间应当一致"))
STATE_HELD = Basis(
    _("《促进科技成果转化法》第十八条；《山东省促进科技成果转化条例》第十四条（公示不少于十五日）")
)
