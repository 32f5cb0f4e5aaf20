"""Reading fails closed."""

from django.contrib.auth.models import AnonymousUser

import pytest

from marketplace.files import policies, services
from tests.factories.files import make_attachment

pytestmark = pytest.mark.django_db


def test_kind_without_a_reader_is_closed_to_all(uploader):
    assert not policies.can_read(uploader, make_attachment(uploader, audience="public"))


def test_reader_of_the_kind_decides(uploader, outsider, readers):
    attachment = make_attachment(uploader)
    readers.ids = {outsider.pk}
    assert policies.can_read(outsider, attachment)
    assert not policies.can_read(uploader, attachment)
    assert outsider.has_perm("files.download_attachment", attachment)
    assert not AnonymousUser().has_perm("files.download_attachment", attachment)
    assert not outsider.has_perm("files.download_attachment", None)


def test_unbound_file_is_for_its_uploader_alone(uploader, outsider, readers):
    readers.ids = {outsider.pk}
    attachment = make_attachment(uploader, subject_id=None, audience="public")
    assert policies.can_read(uploader, attachment)
    assert not policies.can_read(outsider, attachment)
    assert not policies.can_read(AnonymousUser(), attachment)


def test_removed_file_is_for_nobody(uploader, readers):
    readers.ids = {uploader.pk}
    attachment = services.remove(make_attachment(uploader, audience="public"), actor=uploader)
    assert not policies.can_read(uploader, attachment)


def test_two_readers_for_a_kind_are_a_mistake(readers):
    with pytest.raises(TypeError):
        policies.register_reader("tests.thing", lambda _user, _attachment: True)
