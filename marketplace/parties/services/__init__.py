"""Everything that changes people, organisations, memberships, dossiers and tokens."""

from marketplace.parties.services.attempts import (
    count_code,
    count_password,
    uncount,
)
from marketplace.parties.services.delegations import delegate_role, end_delegation
from marketplace.parties.services.factors import decrypt, encrypt, renew_factors, reset_factor
from marketplace.parties.services.members import (
    Sent,
    accept_invitation,
    change_member_role,
    invite_member,
    is_addressed_to,
    remove_member,
    revoke_invitation,
)
from marketplace.parties.services.organizations import (
    claim_organization,
    create_organization,
    edit_organization,
    restore_organization,
    suspend_organization,
)
from marketplace.parties.services.people import (
    change_profile,
    confirm_email,
    confirm_phone,
    discard_unconfirmed,
    record_failed_sign_in,
    record_password,
    record_second_factor,
    record_sign_in,
    register_person,
    set_phone,
)
from marketplace.parties.services.roles import (
    NEVER_BROKERS,
    appoint,
    dismiss,
    grant_role,
    revoke_role,
)
from marketplace.parties.services.samples import (
    create_sample_user,
    load_sample_organization,
    remove_samples,
)
from marketplace.parties.services.tokens import (
    create_token,
    end_tokens,
    note_token_use,
    revoke_token,
)
from marketplace.parties.services.verification import (
    add_documents,
    return_dossier,
    save_dossier,
    submit_dossier,
    verify_dossier,
)

__all__ = [
    "NEVER_BROKERS",
    "Sent",
    "accept_invitation",
    "add_documents",
    "appoint",
    "change_member_role",
    "change_profile",
    "claim_organization",
    "confirm_email",
    "confirm_phone",
    "count_code",
    "count_password",
    "create_organization",
    "create_sample_user",
    "create_token",
    "decrypt",
    "delegate_role",
    "discard_unconfirmed",
    "dismiss",
    "edit_organization",
    "encrypt",
    "end_delegation",
    "end_tokens",
    "grant_role",
    "invite_member",
    "is_addressed_to",
    "load_sample_organization",
    "note_token_use",
    "record_failed_sign_in",
    "record_password",
    "record_second_factor",
    "record_sign_in",
    "register_person",
    "remove_member",
    "remove_samples",
    "renew_factors",
    "reset_factor",
    "restore_organization",
    "return_dossier",
    "revoke_invitation",
    "revoke_role",
    "revoke_token",
    "save_dossier",
    "set_phone",
    "submit_dossier",
    "suspend_organization",
    "uncount",
    "verify_dossier",
]
