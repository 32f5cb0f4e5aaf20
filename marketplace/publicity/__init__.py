"""公示 and 异议: what is made public for a while, who objects, and what an objection holds up."""
