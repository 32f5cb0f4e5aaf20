"""Publishes what allauth reports by signals: changes of passwords and second factors."""

from typing import Any

from django.dispatch import receiver

from allauth.account import signals as account
from allauth.mfa import signals as mfa

from marketplace.parties import services


@receiver(account.password_changed, dispatch_uid="parties.password_changed")
@receiver(account.password_set, dispatch_uid="parties.password_set")
def note_password_changed(user: Any, **_kwargs: Any) -> None:
    """The person changed their password."""
    services.record_password(user, by="change")


@receiver(account.password_reset, dispatch_uid="parties.password_reset")
def note_password_reset(user: Any, **_kwargs: Any) -> None:
    """The person set a new password by a code."""
    services.record_password(user, by="reset")


@receiver(mfa.authenticator_added, dispatch_uid="parties.factor_added")
def note_factor_added(user: Any, authenticator: Any, **_kwargs: Any) -> None:
    """A second factor was set up."""
    services.record_second_factor(user, act="added", factor=authenticator.type)


@receiver(mfa.authenticator_removed, dispatch_uid="parties.factor_removed")
def note_factor_removed(user: Any, authenticator: Any, **_kwargs: Any) -> None:
    """A second factor was removed."""
    services.record_second_factor(user, act="removed", factor=authenticator.type)


@receiver(mfa.authenticator_reset, dispatch_uid="parties.factor_reset")
def note_factor_reset(user: Any, authenticator: Any, **_kwargs: Any) -> None:
    """Recovery codes were generated again."""
    services.record_second_factor(user, act="reset", factor=authenticator.type)


@receiver(mfa.authentication_failed, dispatch_uid="parties.factor_failed")
def note_factor_failed(user: Any, **_kwargs: Any) -> None:
    """A wrong code was entered."""
    services.record_failed_sign_in(user)
