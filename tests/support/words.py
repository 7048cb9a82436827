"""The catalogue of words: take the msgids out of the sources, add the Vietnamese, say what is missing.

    python -m tests.support.words [FILE.json ...]        or  make words WORDS='FILE.json ...'

A file holds {"English msgid": "Vietnamese"}; a plural is {"%(n)s photo|%(n)s photos": "%(n)s ảnh"}. What a
file says goes before what the catalogue has. Msgids that the sources no longer have are dropped. Exit code 1
if a sentence has no Vietnamese, or has other placeholders than its English: such a page would break.
"""

import json
import re
import sys
import tomllib
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
HOUSES = ("webapp", "assisted", "notifications")
PO = ROOT / "translations/vi/LC_MESSAGES/messages.po"
KEYWORDS = {"_": None, "gettext": None, "N_": None, "Text": None, "ngettext": (1, 2)}
PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]")
# No dates, no tool versions: the file changes only when a word does.
HEADER = '''\
# Vietnamese for Một Cửa. The msgids are the English of the pages. `make words` keeps this file in order.
msgid ""
msgstr ""
"Language: vi\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

'''


@cache
def _mappings() -> tuple[list, dict]:
    """How each kind of file is read, as [tool.babel] in pyproject.toml says."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["babel"]
    methods, options = [], {}
    for mapping in settings["mappings"]:
        values = dict(mapping)
        pattern = values.pop("pattern")
        methods.append((pattern, values.pop("method")))
        options[pattern] = values
    return methods, options


def extract() -> Catalog:
    """A fresh catalogue of everything that the sources want translated; `locations` name file and line."""
    catalog = Catalog(locale="vi", charset="utf-8")
    methods, options = _mappings()
    for house in HOUSES:
        folder = ROOT / house
        if not folder.is_dir():
            continue
        for name, line, msgid, _comments, context in extract_from_dir(
            folder, methods, options, keywords=KEYWORDS, comment_tags=()
        ):
            catalog.add(msgid, None, [(f"{house}/{name}", line)], context=context)
    return catalog


def load() -> Catalog:
    """The Vietnamese catalogue as it stands in the repository."""
    if not PO.exists():
        return Catalog(locale="vi")
    return read_po(BytesIO(PO.read_bytes()), locale="vi")


def key_of(message: Message) -> str:
    """The msgid as the JSON files write it."""
    return message.id if isinstance(message.id, str) else "|".join(message.id)


def text_of(message: Message | None) -> str:
    """The one Vietnamese text of a message (Vietnamese has one plural form); empty when there is none."""
    if message is None or not message.string:
        return ""
    return message.string if isinstance(message.string, str) else message.string[0]


def missing_placeholders(message: Message) -> set[str]:
    """Placeholders that only one of the two languages has (the singular may leave out the number)."""
    ids = (message.id,) if isinstance(message.id, str) else message.id
    english = [set(PLACEHOLDER.findall(text)) for text in ids]
    vietnamese = set(PLACEHOLDER.findall(text_of(message)))
    return (vietnamese - set.union(*english)) | (set.intersection(*english) - vietnamese)


def write(catalog: Catalog) -> None:
    """Save the catalogue, sorted and without anything that changes by itself."""
    body = BytesIO()
    write_po(
        body, catalog, width=0, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True
    )
    PO.parent.mkdir(parents=True, exist_ok=True)
    PO.write_text(HEADER + body.getvalue().decode("utf-8").strip() + "\n", encoding="utf-8")


def _read_words(paths: list[str]) -> dict[str, str]:
    words: dict[str, str] = {}
    for path in paths:
        for key, value in json.loads(Path(path).read_text(encoding="utf-8")).items():
            if words.get(key, value) != value:
                print(f"two translations of {key!r}; taken: {value!r} ({path})")
            words[key] = value
    return words


def merge(paths: list[str]) -> int:
    """Do what this file is for; the exit code."""
    words, before, catalog = _read_words(paths), load(), extract()
    missing, broken = [], []
    for message in catalog:
        if not message.id:
            continue
        key = key_of(message)
        text = words.pop(key, "") or text_of(before.get(message.id))
        message.string = text if isinstance(message.id, str) else (text,)
        message.flags.discard("fuzzy")
        where = ", ".join(sorted({name for name, _line in message.locations}))
        if not text:
            missing.append(f"  {key!r}  ({where})")
        elif missing_placeholders(message):
            broken.append(f"  {key!r} -> {text!r}  ({where})")
    write(catalog)
    for title, lines in (
        ("Words that no page asks for", [f"  {key!r}" for key in words]),
        ("Other placeholders than in English", broken),
        ("No Vietnamese yet", missing),
    ):
        if lines:
            print(f"{title}: {len(lines)}", *sorted(lines), sep="\n")
    print(f"{len(catalog)} sentences, {len(catalog) - len(missing)} in Vietnamese: {PO.relative_to(ROOT)}")
    return 1 if missing or broken else 0


if __name__ == "__main__":
    sys.exit(merge(sys.argv[1:]))
