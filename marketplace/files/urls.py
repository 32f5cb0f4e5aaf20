"""Where attachments are downloaded; a shell mounts `public` under the namespace `files`."""

from django.urls import path

from marketplace.files import views

public = [path("files/<str:code>/", views.download, name="download")]
