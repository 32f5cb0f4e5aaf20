"""The text of the agreement, and its acceptance for an organisation."""

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, connections, transaction
from django.utils.translation import gettext_lazy as _

from marketplace.disclosure import events, queries
from marketplace.disclosure.models import Acceptance, AgreementText
from marketplace.disclosure.rulebook import text_hash
from marketplace.files import services as files
from marketplace.files.rulebook import extension_of
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused, Stale
from marketplace.kernel.models import insert
from marketplace.parties.models import Organization
from marketplace.parties.policies import access_of

_TABLE = "disclosure_agreementtext"
TEXTS = Path(__file__).parents[1] / "seeds"


def accept_agreement(
    org: Organization,
    text: AgreementText,
    *,
    actor: Actor,
    scan: "UploadedFile[Any] | None" = None,
) -> Acceptance:
    """在线确认保密协议，或上传盖章件；记录何人、为哪个单位、何时、文本的哈希。

    `text` is the version that the person has read: another one that holds meanwhile is Stale, with the
    text that holds now. Raises Forbidden for people who do not approve for the organisation, Refused when
    it is not verified or has accepted already, InvalidInput at `scan`.
    """
    if not access_of(actor).binds(org.pk):
        raise Forbidden(_("需要本单位审核人或管理员确认"))
    if not org.is_verified:
        raise Refused(_("单位通过认证后才能确认协议"))
    present = queries.current_text()
    if present is None or present.pk != text.pk:
        raise Stale(present)
    if scan is not None and extension_of(scan.name or "") != ".pdf":
        raise InvalidInput({"scan": [_("盖章件请上传 PDF 文件")]})
    if queries.acceptance_of(org.pk, text):
        raise Refused(_("本单位已经确认过这一版协议"))
    attachment = _stored(scan, actor) if scan is not None else None
    with transaction.atomic():
        acceptance = Acceptance(
            text=text,
            organization=org,
            accepted_by_id=actor.pk,
            sha256=text.sha256,
            sealed=attachment is not None,
            is_sample=org.is_sample,
        )
        try:
            with transaction.atomic():
                insert(acceptance)
        except IntegrityError as error:
            raise Refused(_("本单位已经确认过这一版协议")) from error
        if attachment is not None:
            files.bind(attachment, acceptance.pk, actor=actor)
        publish(
            events.AgreementAccepted(
                subject_id=acceptance.pk,
                organization_id=org.pk,
                version=text.version,
                sha256=text.sha256,
                sealed=acceptance.sealed,
            ),
            actor=actor,
        )
    return acceptance


def _stored(scan: "UploadedFile[Any]", actor: Actor) -> Any:
    try:
        return files.store_upload(scan, subject_kind=events.ACCEPTANCE, actor=actor)
    except InvalidInput as error:
        raise InvalidInput({"scan": error.errors["file"]}) from error


@transaction.atomic
def publish_text(
    *,
    title: str,
    body: str,
    title_en: str,
    body_en: str,
    effective_at: datetime,
    actor: Actor,
) -> AgreementText:
    """Publish the next version. Raises Forbidden, InvalidInput for a beginning in the past."""
    if not actor.has_perm("disclosure.publish_text"):
        raise Forbidden
    if effective_at <= clock.now():
        raise InvalidInput({"effective_at": [_("生效时间应晚于现在，让各单位来得及确认")]})
    newest = queries.texts().first()
    if newest is not None and effective_at <= newest.effective_at:
        raise InvalidInput({"effective_at": [_("生效时间应晚于上一版的生效时间")]})
    version = 1 if newest is None else newest.version + 1
    text = _make(version, effective_at, title, body, title_en, body_en)
    publish(events.AgreementPublished(subject_id=text.pk, version=version), actor=actor)
    return text


def _make(
    version: int, effective_at: datetime, title: str, body: str, title_en: str, body_en: str
) -> AgreementText:
    return AgreementText.objects.create(
        version=version,
        effective_at=effective_at,
        title=title,
        body=body,
        title_en=title_en,
        body_en=body_en,
        sha256=text_hash(version, title, body, title_en, body_en),
    )


def load_texts_after_migrate(using: str = "default", **_options: Any) -> None:
    """The `post_migrate` receiver: load our texts, once the table is there."""
    if using == "default" and _TABLE in connections[using].introspection.table_names():
        load_texts()


@transaction.atomic
def load_texts(folder: Path = TEXTS) -> int:
    """Load the versions of `seeds/agreement-*.toml` that the database does not have; how many.

    A version is never changed: another wording is another version.
    """
    known = set(AgreementText.objects.values_list("version", flat=True))
    found = [
        tomllib.loads(path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("agreement-*.toml"))
    ]
    lacking = [seed for seed in found if seed["version"] not in known]
    for seed in lacking:
        at = clock.end_of_day(seed["effective"] - timedelta(days=1))
        _make(
            seed["version"],
            at,
            seed["title"],
            seed["body"].strip(),
            seed["title_en"],
            seed["body_en"].strip(),
        )
    return len(lacking)
