"""Rules without a database: credit codes, mobile numbers, words no password may hold, reasons."""

import re
import unicodedata
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

import phonenumbers

#: The list `org_kind` of the taxonomy, which nobody may edit.
ORG_KINDS = ("enterprise", "university", "institute", "service", "government", "other")

# --- 统一社会信用代码, GB 32100-2015 -------------------------------------------------------------
#: GB 32100-2015, 4.2: digits and letters without I, O, S, V, Z.
_USCC_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
#: GB 32100-2015, 5.2: weight of the i-th place, 3^(i-1) modulo 31.
_USCC_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
#: Table 1: the registering authority (机构编制, 外交, 司法, 文化, 民政, 旅游, 宗教, 工会, 工商, 军委,
#: 农业, 其他).
_USCC_AUTHORITIES = frozenset("123456789ANY")
#: GB 11714-1997: weights of the organisation code that stands in places 9 to 16.
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


#: A university is spoken of by the first sign of what it teaches: 沂州师范大学 is 沂州师大.
_UNIVERSITY = re.compile("(.{2,})大学")


def short_name(name: str) -> str:
    """What a university is called for short; "" for any other organisation."""
    found = _UNIVERSITY.fullmatch(name)
    return f"{found[1][:-1]}大" if found and len(found[1]) > 3 else ""


class UnfitCode(ValueError):
    """A credit code that can't be one; the argument is a reason that may be shown."""


def normalize_uscc(typed: str) -> str:
    """The credit code in upper case without spaces. Raises UnfitCode saying which part is wrong.

    Length, alphabet, authority, district digits and the check character of GB 32100-2015; when the
    last does not fit, GB 11714's check of the inner organisation code tells where to look.
    """
    code = unicodedata.normalize("NFKC", typed[:64]).upper()
    code = "".join(sign for sign in code if not sign.isspace() and sign != "-")
    if len(code) != 18:
        raise UnfitCode(_("统一社会信用代码应为 18 位，现在是 %(count)d 位") % {"count": len(code)})
    for place, sign in enumerate(code, 1):
        if sign not in _USCC_SIGNS:
            raise UnfitCode(_wrong_sign(place, sign))
    if code[0] not in _USCC_AUTHORITIES:
        raise UnfitCode(_("第 1 位“%(sign)s”不是登记管理部门代码") % {"sign": code[0]})
    for place in range(3, 9):
        if not code[place - 1].isdigit():
            raise UnfitCode(
                _("第 3–8 位是登记地行政区划码，应为数字；第 %(place)d 位是“%(sign)s”")
                % {"place": place, "sign": code[place - 1]}
            )
    if code[17] != _uscc_check(code[:17]):
        inner = code[16] == _org_check(code[8:16])
        raise UnfitCode(
            _("校验位不符：请核对第 1–8 位和末位")
            if inner
            else _("校验位不符：请核对第 9–17 位（主体标识码）")
        )
    return code


def _wrong_sign(place: int, sign: str) -> Any:
    meant = {"O": "0", "I": "1", "S": "5", "Z": "2", "V": "U"}.get(sign)
    if meant:
        return _("第 %(place)d 位是“%(sign)s”，代码中不使用 I、O、S、V、Z；是否为“%(meant)s”？") % {
            "place": place,
            "sign": sign,
            "meant": meant,
        }
    return _("第 %(place)d 位是“%(sign)s”，只能是数字或大写字母") % {"place": place, "sign": sign}


def _uscc_check(body: str) -> str:
    total = sum(_USCC_SIGNS.index(sign) * w for sign, w in zip(body, _USCC_WEIGHTS, strict=True))
    return _USCC_SIGNS[-total % 31]


def _org_check(body: str) -> str:
    # The value of a letter is 10 for A to 35 for Z, as in base 36.
    total = sum(int(sign, 36) * w for sign, w in zip(body, _ORG_WEIGHTS, strict=True))
    rest = 11 - total % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


# --- mobile numbers ---------------------------------------------------------------------------
class UnfitNumber(ValueError):
    """Not a mobile number of mainland China; the argument is a reason that may be shown."""


def normalize_mobile(typed: str) -> str:
    """The number as E.164, for example `+8613800138000`. Raises UnfitNumber.

    Mainland numbers only, because attackers earn money from SMS to foreign premium numbers.
    """
    reason = _("请输入 11 位中国大陆手机号码")
    plain = unicodedata.normalize("NFKC", typed[:40])
    try:
        number = phonenumbers.parse(plain, "CN")
    except phonenumbers.NumberParseException as error:
        raise UnfitNumber(reason) from error
    national = str(number.national_number)
    is_mobile = number.country_code == 86 and len(national) == 11 and national[0] == "1"
    if not is_mobile or national[1] not in "3456789" or number.extension:
        raise UnfitNumber(reason)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def looks_like_mobile(typed: str) -> bool:
    """Whether what was typed in the sign-in field is meant as a number rather than an address."""
    try:
        normalize_mobile(typed)
    except UnfitNumber:
        return False
    return True


# --- passwords --------------------------------------------------------------------------------
PASSWORD_LEAST = 12
PASSWORD_MOST = 128
#: Words of this site that everyone who guesses would try first.
SITE_WORDS = ("jiebang", "揭榜", "linyi", "临沂", "技术市场", "yimeng", "沂蒙")


def context_word_in(password: str, own_words: list[str]) -> str:
    """The first word of the site or of the person that the password holds, "" when none.

    A word is looked for whatever its case; own words shorter than two characters don't count. A
    long pass-phrase may hold such a word: it must stand for less than half of the password.
    """
    plain = password.casefold()
    for word in (*SITE_WORDS, *own_words):
        seen = word.casefold().strip()
        if len(seen) >= 2 and seen in plain and len(seen) * 2 >= len(plain):
            return word.strip()
    for word in SITE_WORDS:
        rest = plain.replace(word, "")
        if word in plain and len(set(rest)) < 6:
            return word
    return ""


class LengthValidator:
    """Refuses short and endless passwords; Django's own has no Chinese message."""

    def validate(self, password: str, user: Any = None) -> None:  # noqa: ARG002 -- Django's protocol
        """Raise ValidationError with the reason."""
        if len(password) < PASSWORD_LEAST:
            raise ValidationError(
                _("密码至少 %(least)d 个字符，现在是 %(count)d 个"),
                code="password_too_short",
                params={"least": PASSWORD_LEAST, "count": len(password)},
            )
        if len(password) > PASSWORD_MOST:
            raise ValidationError(
                _("密码最多 %(most)d 个字符"),
                code="password_too_long",
                params={"most": PASSWORD_MOST},
            )

    def get_help_text(self) -> str:
        """Said below the field."""
        return str(_("至少 %(least)d 个字符") % {"least": PASSWORD_LEAST})


class ContextWordsValidator:
    """Refuses passwords made of the site's or the person's own words."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError with the reason."""
        own = [str(getattr(user, "name", "") or "")]
        own += str(getattr(user, "email", "") or "").split("@")[:1]
        own += [str(getattr(user, "phone", "") or "").removeprefix("+86")]
        if word := context_word_in(password, own):
            raise ValidationError(
                _("密码不能由本站或您自己的名称“%(word)s”组成"),
                code="password_context_word",
                params={"word": word},
            )

    def get_help_text(self) -> str:
        """Said below the field."""
        return str(_("不要使用姓名、邮箱、手机号码或本站名称"))


# --- verification -----------------------------------------------------------------------------
#: Why a dossier is returned: code, what the applicant reads.
RETURN_REASONS: tuple[tuple[str, Any], ...] = (
    ("unreadable", _("证照不清晰或不完整，请重新上传原件扫描件或照片")),
    ("mismatch", _("单位名称或统一社会信用代码与证照不一致")),
    ("expired", _("证照已过有效期")),
    ("wrong_document", _("上传的不是营业执照、事业单位法人证书等主体证照")),
    ("no_seal", _("缺少加盖公章的授权书或申请表")),
    ("not_authorized", _("不能证明申请人受该单位委托")),
    ("duplicate", _("该单位已由其他账号认证，请联系单位管理员加入")),
    ("other", _("其他原因，见说明")),
)


def reason_labels(codes: list[str]) -> list[Any]:
    """The sentences of these reasons in the table's order; unknown codes are left out."""
    return [label for code, label in RETURN_REASONS if code in codes]
