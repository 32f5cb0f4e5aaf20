"""Addresses of accounts: allauth's, with sign-up and sign-in by tab."""

from django.urls import include, path

from marketplace.parties import views

urlpatterns = [
    path("login/", views.LoginView.as_view(), name="account_login"),
    path("signup/", views.SignupView.as_view(), name="account_signup"),
    path("", include("allauth.account.urls")),
    path("2fa/", include("allauth.mfa.urls")),
    path("sessions/", include("allauth.usersessions.urls")),
    path("terms/", views.terms, name="account_terms"),
    path("privacy/", views.privacy, name="account_privacy"),
]
