"""The folder of envelopes, and the key that signs receipts."""
