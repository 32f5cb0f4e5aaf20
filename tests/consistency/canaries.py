"""Words that stand in nothing that may be seen: no index, no page."""

SECRET, DRAFT = "机密金丝雀一号", "草稿金丝雀二号"
