"""The reader's choices (长者版, dark): a cookie each, read by the server, so that no script is needed."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

#: cookie name → the values it may hold; anything else is ignored.
VALUES = {"theme": ("light", "dark"), "size": ("normal", "large")}
ONE_YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class Preferences:
    """What the page's root element is marked with; empty means not chosen."""

    theme: str = ""
    size: str = ""

    @property
    def theme_on(self) -> bool:
        return self.theme == "dark"

    @property
    def size_on(self) -> bool:
        return self.size == "large"


def read_preferences(request: HttpRequest) -> Preferences:
    """The choices in the request's cookies."""
    chosen = {name: request.COOKIES.get(name, "") for name in VALUES}
    return Preferences(**{n: v if v in VALUES[n] else "" for n, v in chosen.items()})


def remember(response: HttpResponse, name: str, value: str) -> None:
    """Set one choice; script may read and write it too, so that a switch needs no round trip."""
    response.set_cookie(name, value, max_age=ONE_YEAR, path="/", samesite="Lax", secure=False)
