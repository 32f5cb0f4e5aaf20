"""From our schema and rows to Elasticsearch's mapping and documents.

Texts are tokenised already: the fields are split at white space only, so that both backends index the same
tokens. The cluster adds no field by itself: an unknown one is refused.
"""

from typing import Any

from elasticsearch import dsl

from search.plan import Row, Stream, streams_of
from search.schema import Bool, Date, IndexSpec, Keyword, Number, Text

KINDS = ("words", "grams")
#: The object that holds the token streams, apart from the declared fields.
TOKENS = "tokens"


def token_field(stream: Stream, kind: str) -> str:
    """The full name of a stream's field."""
    return f"{TOKENS}.{stream.name}_{kind}"


def document_class(spec: IndexSpec) -> type[dsl.Document]:
    """The document type of an index: its mapping is generated from the declared fields."""
    fields: dict[str, Any] = {
        "rev": dsl.Long(index=False),
        "visible": dsl.Boolean(),
    }
    # Frequencies for BM25, no positions: no query here asks for phrases.
    fields[TOKENS] = dsl.Object(
        dynamic="strict",
        properties={
            f"{stream.name}_{kind}": dsl.Text(analyzer="whitespace", index_options="freqs")
            for stream in streams_of(spec)
            for kind in KINDS
        },
    )
    for name, field in spec.fields.items():
        if not isinstance(field, Text):
            fields[name] = _field(field)
    meta = type("Meta", (), {"dynamic": dsl.MetaField("strict")})
    return type(f"{spec.name.title()}Document", (dsl.Document,), {**fields, "Meta": meta})


def _field(field: Keyword | Number | Date | Bool) -> Any:
    if isinstance(field, Keyword):
        return dsl.Keyword()
    if isinstance(field, Number):
        return dsl.Double()
    # Dates are UTC seconds, as in the plan.
    return dsl.Long() if isinstance(field, Date) else dsl.Boolean()


def index_of(
    spec: IndexSpec, name: str, *, shards: int, aliases: dict[str, dict[str, Any]]
) -> dsl.Index:
    """A new index, set for filling: no refresh and no copies until it is complete."""
    index = dsl.Index(name)
    index.document(document_class(spec))
    index.settings(number_of_shards=shards, number_of_replicas=0, refresh_interval="-1")
    index.aliases(**aliases)
    return index


def source_of(row: Row) -> dict[str, Any]:
    """The document of a row."""
    body: dict[str, Any] = {"rev": row.rev, "visible": row.visible}
    if row.streams:
        body[TOKENS] = {
            f"{stream}_{kind}": text
            for stream, texts in row.streams.items()
            for kind, text in zip(KINDS, texts, strict=True)
        }
    for name, values in row.values.items():
        if values:
            body[name] = values[0] if len(values) == 1 else list(values)
    return body


def action_of(index: str, row: Row) -> dict[str, Any]:
    """The bulk action that writes a row unless the index holds a newer one."""
    return {
        "_op_type": "index",
        "_index": index,
        "_id": row.id,
        "_version": row.rev,
        "_version_type": "external_gte",
        "_source": source_of(row),
    }
