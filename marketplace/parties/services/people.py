"""Accounts: registration, confirmed contacts, sign-in, profile."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.revisions import Rev, check
from marketplace.parties import events, queries
from marketplace.parties.models import Language, User
from marketplace.parties.services.attempts import forget_passwords
from marketplace.parties.services.tokens import end_tokens

#: The version of terms and privacy notice that is shown at sign-up (PIPL art. 14, 17).
CONSENT_VERSION = "2026-01"
#: After this time the address or number of an unconfirmed account can be used again.
UNCONFIRMED_AGE = timedelta(hours=1)


@transaction.atomic
def register_person(
    user: User,
    *,
    email: str = "",
    phone: str = "",
    name: str = "",
    password: str | None = None,
    language: str = Language.CHINESE,
) -> User:
    """Fill and save a new user by exactly one of e-mail address and E.164 number.

    Raises InvalidInput when both or neither are given. The person has agreed to the terms.
    """
    if bool(email) == bool(phone):
        raise InvalidInput({"": [_("请填写邮箱或手机号码中的一项")]})
    user.email = email.strip().lower() or None
    user.phone = phone or None
    user.name = name
    user.language = language if language in Language.values else Language.CHINESE
    user.consented_at = clock.now()
    user.consent_version = CONSENT_VERSION
    user.set_password(password)
    user.save()
    publish(
        events.PersonRegistered(
            subject_id=user.pk,
            by="email" if email else "phone",
            consent_version=CONSENT_VERSION,
        ),
        actor=user,
    )
    return user


@transaction.atomic
def discard_unconfirmed(*, email: str = "", phone: str = "") -> int:
    """Delete the account that holds this contact, if nobody ever confirmed or entered it.

    Otherwise whoever typed a stranger's address first would keep the stranger out. Returns 0 or 1.
    """
    wanted = {"email": email.strip().lower()} if email else {"phone": phone}
    stale = User.objects.select_for_update().filter(
        **wanted,
        email_verified_at=None,
        phone_verified_at=None,
        last_login=None,
        is_staff=False,
        is_sample=False,
        date_joined__lt=clock.now() - UNCONFIRMED_AGE,
    )
    found = stale.first()
    if found is None or found.memberships.exists() or found.platform_roles.exists():
        return 0
    found.delete()
    return 1


@transaction.atomic
def confirm_email(user: User, email: str) -> User:
    """Note that the person has confirmed this address; it becomes theirs. Idempotent."""
    row = User.objects.select_for_update().get(pk=user.pk)
    row.email = email.strip().lower()
    row.email_verified_at = clock.now()
    row.save(update_fields=["email", "email_verified_at"])
    publish(events.ContactConfirmed(subject_id=row.pk, by="email"), actor=row)
    user.email, user.email_verified_at = row.email, row.email_verified_at
    user.forget_access()
    return row


@transaction.atomic
def confirm_phone(user: User, phone: str) -> User:
    """Note that the person has confirmed this E.164 number; it becomes theirs. Idempotent."""
    row = User.objects.select_for_update().get(pk=user.pk)
    row.phone = phone
    row.phone_verified_at = clock.now()
    row.save(update_fields=["phone", "phone_verified_at"])
    publish(events.ContactConfirmed(subject_id=row.pk, by="phone"), actor=row)
    user.phone, user.phone_verified_at = row.phone, row.phone_verified_at
    user.forget_access()
    return row


@transaction.atomic
def set_phone(user: User, phone: str, *, confirmed: bool) -> User:
    """Keep a number that may not be confirmed yet."""
    if confirmed:
        return confirm_phone(user, phone)
    user.phone, user.phone_verified_at = phone, None
    user.save(update_fields=["phone", "phone_verified_at"])
    user.forget_access()
    return user


@transaction.atomic
def change_profile(user: User, *, name: str, language: str, rev: Rev = None) -> User:
    """Change what the person says of themself. Raises Stale when `rev` is not `profile_state`."""
    row = User.objects.select_for_update().get(pk=user.pk)
    check(queries.profile_state(row), rev, row)
    row.name = name
    row.language = language if language in Language.values else Language.CHINESE
    row.save(update_fields=["name", "language"])
    publish(events.ProfileChanged(subject_id=row.pk), actor=row)
    return row


@transaction.atomic
def record_sign_in(user: User, *, method: str) -> None:
    """Write a sign-in into the journal."""
    publish(events.SignedIn(subject_id=user.pk, method=method), actor=user)


@transaction.atomic
def record_failed_sign_in(user: User) -> None:
    """Write a wrong password or code into the journal. The actor is unknown."""
    publish(events.SignInFailed(subject_id=user.pk), actor=None)


@transaction.atomic
def record_second_factor(user: User, *, act: str, factor: str) -> None:
    """Write a change of second factors into the journal; `act` is added, removed or reset."""
    publish(events.SecondFactorChanged(subject_id=user.pk, act=act, factor=factor), actor=user)


@transaction.atomic
def record_password(user: User, *, by: str) -> None:
    """Write a change of password into the journal, revoke the API tokens, reset the counters of attempts.

    `by` is change or reset.
    """
    end_tokens(user)
    forget_passwords(*filter(None, (user.email, user.phone)))
    publish(events.PasswordChanged(subject_id=user.pk, by=by), actor=user)
