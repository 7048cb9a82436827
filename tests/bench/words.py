"""What translating costs a page: 100 sentences looked up, beside the same 100 as plain text.

`python -m tests.bench.words`; goal: at most 1.1 × the CPU of the plain page, in both languages; exit 1 if it is missed.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

import click
from flask import Flask
from jinja2 import DictLoader, Template

import wsgi
from tests.conftest import test_settings as settings_for
from webapp.shell import i18n, templating

SENTENCES, PAGES, ROUNDS = 100, 200, 15
GOAL = 1.1


def pages(app: Flask, language: str) -> tuple[Template, Template]:
    """The page with words to look up, and the page that has them already."""
    known = list(i18n.load("vi")._catalog)  # type: ignore[attr-defined]  (gettext has no way to ask which)
    asked = [text for text in known if isinstance(text, str) and text and not set(text) & set('%{"\n')][:SENTENCES]
    said = [i18n.load(language).gettext(text) for text in asked]
    environment = templating.of(app, language)
    environment.loader = DictLoader(
        {
            "asked.html": "".join(f'<p>{{{{ _("{text}") }}}}</p>\n' for text in asked),
            "said.html": "".join(f"<p>{text}</p>\n" for text in said),
        }
    )
    return environment.get_template("asked.html"), environment.get_template("said.html")


def cost(template: Template) -> float:
    """CPU microseconds of one page."""
    began = time.process_time()
    for _ in range(PAGES):
        template.render()
    return (time.process_time() - began) / PAGES * 1e6


def run() -> list[str]:
    """Print it for each language; what is missed."""
    missed = []
    with tempfile.TemporaryDirectory(prefix="motcua-words-") as folder:
        app = wsgi.create_app(settings_for(Path(folder)))
        with app.test_request_context():
            for language in i18n.LANGUAGES:
                asked, said = pages(app, language)
                if asked.render() != said.render():
                    raise RuntimeError("the two pages differ")
                pairs = [(cost(asked), cost(said)) for _ in range(ROUNDS)]
                looked_up, plain = (statistics.median(column) for column in zip(*pairs, strict=True))
                click.echo(f"{language}: {looked_up:.1f} µs, plain {plain:.1f} µs: {looked_up / plain:.2f} ×")
                if looked_up > GOAL * plain:
                    missed.append(f"100 sentences in {language} cost {looked_up / plain:.2f} ×, goal ≤ {GOAL}")
    return missed


if __name__ == "__main__":
    sys.exit(1 if run() else 0)
