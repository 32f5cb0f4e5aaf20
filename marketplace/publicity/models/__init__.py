"""Publicities and objections."""

from marketplace.publicity.models.objections import OBJECTION_FILES, Objection
from marketplace.publicity.models.publicities import PUBLICITY_FILES, Publicity

__all__ = ["OBJECTION_FILES", "PUBLICITY_FILES", "Objection", "Publicity"]
