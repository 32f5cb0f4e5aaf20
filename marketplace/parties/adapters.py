"""What allauth asks of the product: phone numbers, names, mails and redirects."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """allauth's account adapter."""
