"""One paper of a draft, and files that are sent for it by the page's own form."""

import io
import re

from tests import filling
from tests.pages import post_form
from tests.people import log_in_citizen


class Paper:
    """Đào's birth dossier, on the page of one paper."""

    def __init__(self, client, services):
        log_in_citizen(client, services)
        self.client = client
        self.dossier = filling.begin(client)
        self.url = f"{self.dossier}/documents/birth_proof"

    @classmethod
    def of(cls, client, dossier):
        """The same paper of a dossier that was begun already."""
        made = cls.__new__(cls)
        made.client, made.dossier, made.url = client, dossier, f"{dossier}/documents/birth_proof"
        return made

    def send(self, data, name="anh.jpg"):
        files = [(io.BytesIO(data), name)]
        answer = post_form(self.client, self.url, {"photos": files}, content_type="multipart/form-data")
        answer.request.environ["wsgi.input"].close()  # the test's own copy of a large body is a file
        return answer

    def page(self):
        return self.client.get(self.url).get_data(as_text=True)

    def ids(self):
        """Public ids of the files that the page lists."""
        return re.findall(r'name="remove" value="([^"]+)"', self.page())

    def file(self, public_id=None, rest=""):
        return self.client.get(f"{self.dossier}/files/{public_id or self.ids()[-1]}{rest}")
