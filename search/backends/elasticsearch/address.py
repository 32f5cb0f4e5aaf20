"""Reading the SEARCH_URL of a cluster."""

from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

_PREFIX = "jiebang"
_SCHEMES = {"elasticsearch": "http", "elasticsearch+https": "https"}
_OPTIONS = {"ca_certs", "refresh_interval"}


@dataclass(frozen=True)
class Address:
    """Where the cluster is, the account to use, and the prefix of the names of our indexes.

    `elasticsearch+https://USER:PASSWORD@HOST:9200,HOST2:9200/PREFIX?ca_certs=/etc/…/ca.pem`; with the
    user `apikey` the password is an API key. `refresh_interval` is how soon a write is searchable.
    """

    hosts: tuple[str, ...]
    prefix: str = _PREFIX
    user: str = ""
    password: str = field(default="", repr=False)
    ca_certs: str = ""
    refresh_interval: str = "1s"

    @classmethod
    def parse(cls, url: str) -> "Address":
        """Read the URL; ValueError, without the password in its text, for an invalid one."""
        parts = urlsplit(url)
        credentials, _, hosts = parts.netloc.rpartition("@")
        user, _, password = credentials.partition(":")
        options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        unknown = set(options) - _OPTIONS
        if parts.scheme not in _SCHEMES or not hosts or unknown:
            named = f", not {', '.join(sorted(unknown))}" if unknown else ""
            raise ValueError(
                f"SEARCH_URL: elasticsearch[+https]://[USER:PASSWORD@]HOST:PORT[,HOST:PORT]/PREFIX"
                f"[?{'=…&'.join(sorted(_OPTIONS))}=…]{named}"
            )
        scheme = _SCHEMES[parts.scheme]
        return cls(
            hosts=tuple(f"{scheme}://{_with_port(host)}" for host in hosts.split(",")),
            prefix=parts.path.strip("/") or _PREFIX,
            user=unquote(user),
            password=unquote(password),
            **options,
        )


def _with_port(host: str) -> str:
    return host if ":" in host.rsplit("]", 1)[-1] else f"{host}:9200"
