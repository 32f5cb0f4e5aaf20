"""Pages of people and organisations; a shell mounts both lists under the namespace `parties`."""

from django.urls import path

from marketplace.parties import views

public = [
    path("orgs/", views.organizations, name="organizations"),
    path("orgs/<str:code>/", views.organization, name="organization"),
]

workbench = [
    path("organizations/", views.own_organizations, name="own_organizations"),
    path("organizations/new/", views.organization_new, name="organization_new"),
    path("organizations/<str:code>/", views.manage, name="manage"),
    path("organizations/<str:code>/edit/", views.organization_edit, name="organization_edit"),
    path("organizations/<str:code>/verification/", views.verification, name="verification"),
    path("organizations/<str:code>/suspend/", views.suspend, name="suspend"),
    path("organizations/<str:code>/members/", views.members, name="members"),
    path(
        "organizations/<str:code>/members/<str:member>/role/", views.member_role, name="member_role"
    ),
    path(
        "organizations/<str:code>/members/<str:member>/remove/",
        views.member_remove,
        name="member_remove",
    ),
    path(
        "organizations/<str:code>/invitations/<str:invitation>/revoke/",
        views.invitation_revoke,
        name="invitation_revoke",
    ),
    path("invitations/<str:token>/", views.invitation, name="invitation"),
    path("invitations/accept/<str:code>/", views.invitation_accept, name="invitation_accept"),
    path("verifications/", views.verification_queue, name="verification_queue"),
    path("verifications/<str:code>/", views.verification_review, name="verification_review"),
    path("profile/", views.profile, name="profile"),
    path("security/", views.security, name="security"),
    path("delegations/", views.delegations, name="delegations"),
    path("delegations/<str:code>/end/", views.delegation_end, name="delegation_end"),
    path("security/tokens/", views.tokens, name="tokens"),
    path("security/tokens/<str:code>/revoke/", views.token_revoke, name="token_revoke"),
]
