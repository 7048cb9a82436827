"""Text as it was scraped, made readable: one form of letters, no tags, no file name glued to a sentence. Pure."""

import html
import re

from webapp.core.text import nfc, one_line

NOTHING = frozenset(("", "-", "--", "không", "không có", "không có thông tin", "chưa có thông tin", "null", "none"))
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,300}>|<!--.*?-->", re.DOTALL)
_BREAK = re.compile(r"<(?:br|/p|/div|/li|/tr)\b[^<>]*>", re.IGNORECASE)
# Bullets of word processors and private-use letters of their symbol fonts.
_BULLET = re.compile("[\uf000-\uf8ff•●▪■◦‣·∙]")
_LETTERS = [chr(i) for i in range(0x41, 0x1EFA)]
_SMALL = "".join(ch for ch in _LETTERS if ch.islower())
_CAPITAL = "".join(ch for ch in _LETTERS if ch.isupper())
_ENDING = r"\.(?i:docx?|dotx?|xlsx?|pptx?|pdf|rtf|odt|ods|zip|rar|7z|jpe?g|png)"
_FILE_END = re.compile(rf"{_ENDING}$")
_FILE = rf"(?P<file>[^.;:()]+(?:\s?\(\d{{1,2}}\))?{_ENDING})$"
# A sentence ends, and the name of a file follows, mostly without a space; or a small letter meets a capital.
_TAILS = (
    re.compile(rf"^(?P<text>.*[).;:”\"])\s*{_FILE}", re.DOTALL),
    re.compile(rf"^(?P<text>.*[{_SMALL}])(?=[{_CAPITAL}]){_FILE}", re.DOTALL),
)
_NUMBER = re.compile(r"(?<=[).;:”\"])(\d{1,2}\.{1,2})$")
_STEP = re.compile(r"(?=\bBước\s+\d+\s*[:.])")
_ITEM = re.compile(r"(?<=[.;:,])\s+(?=[-+*–]\s?\S)|\s+(?=\([a-zđ0-9]\)\s)")


def plain(value: object) -> str:
    """One line of clean text; empty for what is no text."""
    if not isinstance(value, str):
        return ""
    text = html.unescape(value) if "&" in value else value
    text = _TAG.sub(" ", _BREAK.sub(" ", text))
    text = _BULLET.sub("-", text)
    return one_line(re.sub(r"\s+([,.;:)])", r"\1", one_line(text)))


def plain_or_none(value: object) -> str | None:
    """The same; the list's many words for "nothing" are None."""
    text = plain(value)
    return None if text.casefold().rstrip(". ") in NOTHING else text


def without_files(text: str) -> tuple[str, str | None]:
    """ "Tờ khai (Mẫu CT01).1.MuCT01.doc" → the sentence, and the name of the file that was glued to its end."""
    found: list[str] = []
    while _FILE_END.search(text):
        match = next(filter(None, (tail.match(text) for tail in _TAILS)), None)
        if match is None:
            if not found:  # nothing but a file name: the name without its ending is all we know of the paper
                return _FILE_END.sub("", text).strip(), text
            break
        sentence, file = match["text"], match["file"]
        number = _NUMBER.search(sentence)
        if number:
            sentence, file = sentence[: number.start()], number[1] + file
        found.insert(0, file.strip())
        text = sentence.strip().rstrip("; ")
    return text.rstrip(";: ").strip(), "; ".join(found) or None


def paragraphs(value: object) -> list[str]:
    """A long run of text in pieces that can be read: steps, then the items of a step."""
    text = plain_or_none(value)
    if text is None:
        return []
    pieces = [piece for step in _STEP.split(text) for piece in _ITEM.split(step)]
    return [piece.strip() for piece in pieces if nfc(piece).strip(" -+*")]
