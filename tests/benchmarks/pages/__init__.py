"""`make bench`: what each page costs beside a bare Django list of the same rows."""
