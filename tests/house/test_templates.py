"""Every page can be read, has a title, and keeps its words in the catalogue."""

import re
from html.parser import HTMLParser

import pytest
from jinja2 import nodes

from tests.support import house

BASE = "shell/base.html"
# Words that are the same in every language, or stand for something that is not language.
NOT_WORDS = {"Một Cửa", "Tiếng Việt", "English", "SMS", "QR", "PDF", "KB", "MB", "VNeID", "đ"}
# Template → why it may hold sentences of its own.
SAMPLES = {"shell/components.html": "shows the parts of the look, filled with samples; people never see it"}
NOT_SPOKEN = {"body_class"}  # blocks that fill an attribute
SPOKEN = {"alt", "aria-label", "placeholder", "title"}
LETTERS = re.compile(r"[A-Za-zÀ-ỹ]{2,}")
ATTRIBUTES = re.compile(r"""([\w-]+=(["'])[^"']*\2\s*)+""")  # put together apart, printed into a tag later


def parents(parsed, name: str) -> list[str]:
    """The templates that this one extends, nearest first."""
    found = []
    while (node := parsed[name].find(nodes.Extends)) is not None:
        name = node.template.value
        found.append(name)
    return found


def test_every_template_can_be_parsed_and_compiled(started):
    for name in house.templates():
        started.jinja_env.get_template(name)


def test_the_program_finds_exactly_the_templates_that_stand_in_the_rooms(started):
    assert set(house.templates()) == set(started.jinja_env.list_templates())


def test_every_page_has_a_title_of_its_own(parsed):
    extended = {parent for name in parsed for parent in parents(parsed, name)}
    untitled = []
    for name in sorted(set(parsed) - extended):
        chain = [name, *parents(parsed, name)]
        if chain[-1] == BASE and len(chain) > 1:
            blocks = {block.name for link in chain[:-1] for block in parsed[link].find_all(nodes.Block)}
            untitled += [name] if "title" not in blocks else []
    assert untitled == []


class Words(HTMLParser):
    """Collects what a reader would see or hear of a template's own text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in ("script", "style")
        self.found += [value for key, value in attrs if key in SPOKEN and value]

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("script", "style") and self.silent > 0

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.found.append(data)


def own_text(node: nodes.Node) -> str:
    """The mark-up of a template as it would come out, with `0` where an expression prints something."""
    if isinstance(node, nodes.Output):
        return "".join(p.data if isinstance(p, nodes.TemplateData) else "0" for p in node.nodes)
    if isinstance(node, nodes.Block):
        inside = "" if node.name in NOT_SPOKEN else "".join(map(own_text, node.iter_child_nodes()))
        return f" {inside} "
    if isinstance(node, nodes.Macro):  # the next macro of the file is no part of its text
        return f"<br>{''.join(map(own_text, node.iter_child_nodes()))}<br>"
    return "".join(map(own_text, node.iter_child_nodes()))


def loose_words(template: nodes.Template) -> list[str]:
    """Text of a template that goes past the catalogue."""
    reader = Words()
    reader.feed(own_text(template))
    texts = (" ".join(text.split()) for text in reader.found if not ATTRIBUTES.fullmatch(text.strip()))
    return [text for text in texts if LETTERS.search(text) and text.strip(" .,:;·–—()0") not in NOT_WORDS]


def test_no_sentence_goes_past_the_catalogue(parsed):
    found = {name: loose for name, template in parsed.items() if (loose := loose_words(template))}
    assert {name: loose for name, loose in found.items() if name not in SAMPLES} == {}
    assert [name for name in SAMPLES if name not in found] == [], "no sample any more"


@pytest.mark.parametrize(
    ("source", "loose"),
    [
        ("<p>Send the form</p>", ["Send the form"]),
        ("<p>{{ _('Send') }} 12</p>", []),
        ('<img alt="A cow" src="x">', ["A cow"]),
        ("<script>var word</script><b>{{ x }} KB</b>", []),
    ],
)
def test_the_search_for_loose_sentences_finds_them(started, source, loose):
    assert loose_words(started.jinja_env.parse(source)) == loose
