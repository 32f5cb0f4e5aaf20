"""The one way in which the rules of files say no."""


class Unfit(ValueError):
    """A file that is not taken; the text tells the user why and what to do."""
