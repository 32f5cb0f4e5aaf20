"""What the shells need to know of attachments."""

from marketplace.web.slices import Schedule, Slice

SLICE = Slice(
    "files",
    "marketplace.files.urls",
    no_menu="an attachment is opened from the page of what it belongs to",
    schedules=(Schedule("files.sweep", every=86_400.0),),
)
