"""Two who do together what one alone may not: one asks, another one agrees, the first one does it."""

import re

from click.testing import Result
from flask import Flask

from tests import people as who
from tests.pages import otp_for, post_form
from webapp.accounts.demo import STAFF_PASSWORD


def ask_at_the_shell(app: Flask, *words: str, by: str = "admin", first: str = "", otp: str = "") -> Result:
    """`flask erase …` by an administrator who says who they are; `first` is what the command asks for before that."""
    answers = f"{first}{STAFF_PASSWORD}\n{otp or otp_for(app.test_client(), by)}\n"
    return app.test_cli_runner().invoke(args=["erase", *words, "--by", by], input=answers)


def page_in(told: Result) -> str:
    """Where the other one agrees, as the command says it."""
    found = re.search(r"/manage/approvals/[\w-]{22}", told.output)
    assert found, told.output
    return found[0]


def agree(app: Flask, page: str, username: str) -> None:
    browser = app.test_client()
    who.log_in_staff(browser, app.extensions["motcua"], username)
    assert post_form(browser, page, action=f"{page}/agree").location == page


def erase(app: Flask, *words: str, first: str = "") -> Result:
    """What the command says when the other administrator has agreed."""
    agree(app, page_in(ask_at_the_shell(app, *words, first=first)), "admin2")
    return ask_at_the_shell(app, *words, first=first)
