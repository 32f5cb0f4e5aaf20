"""Private attachments behind one policy-checked view."""
