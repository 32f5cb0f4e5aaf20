"""The registration over REST."""
