"""Words in the reader's language. Vietnamese is the default; English is the source; others fall back to Vietnamese.

Catalogues are read once per process from the .po files themselves, so there is nothing to compile or forget.
"""

import gettext as gnu
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, g, has_request_context, request

from webapp.core.text import N_, Text

__all__ = ["LANGUAGES", "N_", "gettext", "language", "ngettext", "speaking", "t"]

# code → its own name. The formatting locale of every one is Vietnamese practice (dd/mm/yyyy).
LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
DEFAULT = "vi"
COOKIE = "lang"
FOLDER = Path(__file__).resolve().parents[2] / "translations"

_loaded: dict[str, gnu.NullTranslations] = {"en": gnu.NullTranslations()}


def load(code: str) -> gnu.NullTranslations:
    """The catalogue of one language."""
    if code not in _loaded:
        path = FOLDER / code / "LC_MESSAGES" / "messages.po"
        binary = io.BytesIO()
        if path.exists():
            with path.open("rb") as source:
                write_mo(binary, read_po(source, locale=code))
            binary.seek(0)
            _loaded[code] = Translations(binary)
        else:
            _loaded[code] = gnu.NullTranslations()
        if code != DEFAULT:
            _loaded[code].add_fallback(load(DEFAULT))
    return _loaded[code]


def language() -> str:
    """The reader's language: their cookie, never what a browser's header says. Usually one look at `g`."""
    try:
        code: str = g.lang
    except (AttributeError, RuntimeError):  # not asked yet in this request, or no request at all
        return _chosen() if has_request_context() else DEFAULT
    return code


def _chosen() -> str:
    chosen = request.cookies.get(COOKIE, DEFAULT)
    g.lang = code = chosen if chosen in LANGUAGES else DEFAULT
    g.words = load(code)
    return code


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """For what is printed or kept in one language, whatever language the screen of this request speaks."""
    before = language()
    g.lang, g.words = code, load(code)
    try:
        yield
    finally:
        g.lang, g.words = before, load(before)


def _words() -> gnu.NullTranslations:
    """A hundred times a page: usually one look at `g`."""
    try:
        words: gnu.NullTranslations = g.words
    except (AttributeError, RuntimeError):  # not asked yet in this request, or no request at all
        return load(language())
    return words


def gettext(msgid: str, **values: Any) -> str:
    text = _words().gettext(msgid)
    return text % values if values else text


def ngettext(one: str, many: str, n: int, **values: Any) -> str:
    return _words().ngettext(one, many, n) % {"n": n, "num": n, **values}


def t(words: Any) -> str:
    """Print anything that knows its languages: a core `Text`, or words kept as (vi, en)."""
    return _told(words, language())


def telling(code: str) -> Callable[[Any], str]:
    """`t` for templates that are compiled for one language: they need not ask which one it is."""
    return lambda words: _told(words, code)


def _told(words: Any, code: str) -> str:
    if words is None:
        return ""
    if isinstance(words, Text):
        said = load(code).gettext(words.msgid)
        if not words.params:
            return said
        return said % {
            k: _told(v, code) if isinstance(v, Text) or hasattr(v, "get") else v for k, v in words.params.items()
        }
    if isinstance(words, str):
        return words
    return str(words.get(code))


def register(app: Flask) -> None:
    for code in LANGUAGES:
        load(code)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda msgid: _words().gettext(msgid),
        lambda one, many, n: _words().ngettext(one, many, n),
        newstyle=True,
    )
    app.jinja_env.globals.update(t=t)
    app.context_processor(lambda: {"lang": language(), "languages": LANGUAGES})
