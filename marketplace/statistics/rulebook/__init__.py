"""The rules of published figures: what may be published, how a year is paced, what a median needs."""
