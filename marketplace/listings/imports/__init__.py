"""Listings from a spreadsheet whose columns are the fields of the wizard.

`columns` derives them from the forms, `plan` says for each row what it becomes, `files` writes the template
and the rows that must be corrected. The import of achievements has columns of its own (ADR 39) and shares
`cells`.
"""
