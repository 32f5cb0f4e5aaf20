"""Bringing in achievements from a spreadsheet: read, judge, check, import."""

from marketplace.achievements.imports.runs import check_head, run_check, run_import
from marketplace.achievements.imports.template import template_file

__all__ = ["check_head", "run_check", "run_import", "template_file"]
