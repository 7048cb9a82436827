"""From the first answer to the receipt, and what can go wrong on the way, over HTTP."""

import re

from flask import Flask
from flask.testing import FlaskClient

from tests import filling
from tests.pages import log_in, text_of


def test_dao_registers_her_daughters_birth_and_the_office_says_what_it_has(client: FlaskClient) -> None:
    log_in(client)
    dossier = filling.sent_birth(client)
    receipt = client.get(f"{dossier}/receipt")
    words = text_of(receipt)
    print(words)
    assert re.search(r"H56\.38\.12-\d{6}-0001", words)
    assert receipt.status_code == 200
    pdf = client.get(f"{dossier}/receipt.pdf")
    assert pdf.data.startswith(b"%PDF")
