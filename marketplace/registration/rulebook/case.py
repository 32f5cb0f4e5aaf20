"""What a check looks at, and the table of checks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from marketplace.registration.rulebook.facts import Facts
from marketplace.registration.rulebook.reading import Reading
from marketplace.registration.rulebook.words import found_words, has_words


@dataclass(frozen=True)
class Case:
    """A contract under check: its facts, the text that was read (None when there is none), and today."""

    facts: Facts
    reading: Reading | None
    today: date

    @property
    def body(self) -> str:
        """The subject, the acceptance clause and the text, without the title of the form."""
        rows = (f"{row.name} {row.target}{row.unit} {row.method}" for row in self.facts.acceptance)
        text = self.reading.text if self.reading else ""
        return "\n".join((self.facts.subject, *rows, text))

    @property
    def text(self) -> str:
        """The text that was read, or an empty string."""
        return self.reading.text if self.reading else ""

    def is_kind(self, *kinds: str) -> bool:
        """Whether the contract's type is one of these, or begins with one that has two letters."""
        plain = self.facts.contract_type.upper()
        return any(plain == kind or (len(kind) == 2 and plain[:2] == kind) for kind in kinds)

    @property
    def is_plain_service(self) -> bool:
        """Whether it is 技术服务 without training and mediation."""
        return self.facts.contract_type.upper() == "FW"

    def says(self, *patterns: str) -> list[str]:
        """What of these stands in subject or text and is not negated."""
        return found_words(self.body, *patterns)

    def mentions(self, *patterns: str) -> bool:
        """Whether one of these stands in subject or text, negated or not."""
        return has_words(self.body, *patterns)


#: What a check answers: whether something was found, or what was found, in words.
Answer = bool | str | Iterable[str]
Check = Callable[[Case], Answer]
CHECKS: dict[str, Check] = {}


def check(code: str) -> Callable[[Check], Check]:
    """Register the check of a rule. Raises ValueError when the rule has one."""

    def register(function: Check) -> Check:
        if code in CHECKS:
            raise ValueError(code)
        CHECKS[code] = function
        return function

    return register
