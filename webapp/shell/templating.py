"""Templates compiled once per language: what is the same for all its readers is worked out then, not per page.

Most of a page is words, and looking them up was half of its cost. `{{ _("…") }}` without values, `{{ icon("…") }}` and
`{{ static_url("…") }}` become plain text of the compiled template; everything else stays as it was written.
"""

import gettext as gnu
from collections.abc import Callable, Hashable, MutableMapping
from functools import lru_cache, partial
from typing import Any

from flask import Flask, current_app, g
from flask.templating import Environment
from jinja2 import Template, nodes, pass_eval_context
from jinja2.environment import TemplateModule
from jinja2.nodes import EvalContext
from jinja2.runtime import Context
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from webapp.shell import i18n
from webapp.shell.look import appearance

HERE = "\ue000here\ue000"  # stands for the page's address; nobody types private characters
KEPT = 600  # compiled templates of one language; there are about 150
KEPT_PIECES = 2000
GETTEXT = ("_", "gettext")
# Globals of our own that give the same answer to everybody.
SAME_FOR_ALL = ("icon", "static_url")


@pass_eval_context
def _filled(context: EvalContext, sentence: str, **values: Any) -> str:
    """A sentence with its values; in a page they are escaped, the sentence is not. As Jinja's new style of gettext."""
    return (Markup(sentence) if context.autoescape else sentence) % values  # noqa: S704  (our own words)


def _saying(words: gnu.NullTranslations) -> Callable[..., str]:
    """A filter for a sentence that only the running page knows."""

    @pass_eval_context
    def said(context: EvalContext, msgid: str, **values: Any) -> str:
        return _filled(context, words.gettext(msgid), **values)

    return said


class _Folder(NodeTransformer):
    """Puts the answer in place of a call whose only argument is a text.

    What needs the page's values becomes a filter: Jinja calls filters straight, but other things by way of a context
    that first asks each what it wants to be given; a worklist of 50 rows has 300 such calls.
    """

    def __init__(self, words: gnu.NullTranslations, known: MutableMapping[str, Any]) -> None:
        self.words = words
        self.known = known

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        self.generic_visit(node)
        if not isinstance(node.node, nodes.Name) or len(node.args) != 1 or node.dyn_args or node.dyn_kwargs:
            return node
        name, given = node.node.name, node.args[0]
        if name == "t" and not node.kwargs:
            return _filter(given, "t", [])
        text = given.value if isinstance(given, nodes.Const) else None
        if not isinstance(text, str):
            return _filter(given, "said", node.kwargs) if name in GETTEXT else node
        if name in GETTEXT:
            said = self.words.gettext(text)
            # Jinja's new style treats every message as a format, with values or without.
            return _filter(_const(said, node), "filled", node.kwargs) if node.kwargs else _safe(said % {}, node)
        if name in SAME_FOR_ALL and not node.kwargs:
            return _safe(str(self.known[name](text)), node)
        return node


def _const(text: str, at: nodes.Node) -> nodes.Const:
    return nodes.Const(text, lineno=at.lineno)


def _safe(text: str, at: nodes.Node) -> nodes.Node:
    return nodes.MarkSafeIfAutoescape(_const(text, at), lineno=at.lineno)


def _filter(value: nodes.Expr, name: str, values: list[nodes.Keyword]) -> nodes.Node:
    return nodes.Filter(value, name, [], values, None, None, lineno=value.lineno)


class _Template(Template):
    """A template whose macros are made once.

    Jinja works out at every import whether the importer brings globals of its own; ours all have the same ones.
    """

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        if self._module is None:
            self._module = self.make_module()
        return self._module


class FoldingEnvironment(Environment):
    """Flask's environment; `of(language)` gives the one whose templates speak that language."""

    template_class = _Template
    words: gnu.NullTranslations | None = None

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        """Jinja's hook between parsing and compiling."""
        if self.words is not None:
            source = _Folder(self.words, self.globals).visit(source)
        return super()._generate(source, name, filename, defer_init)


def of(app: Flask, language: str) -> FoldingEnvironment:
    """The environment of one language; made at its first page."""
    kept: dict[str, FoldingEnvironment] = app.extensions.setdefault("motcua_languages", {})
    if language not in kept:
        made = app.jinja_env.overlay(cache_size=KEPT)
        assert isinstance(made, FoldingEnvironment)
        made.words = words = i18n.load(language)
        own = {"t": i18n.telling(language), "said": _saying(words), "filled": _filled}
        made.filters = app.jinja_env.filters | own
        kept[language] = made
    return kept[language]


def compile_all(app: Flask) -> None:
    """Every page in every language, before the first one is asked for."""
    with app.app_context():
        for language in i18n.LANGUAGES:
            environment = of(app, language)
            for name in environment.list_templates(extensions=["html"]):
                environment.get_template(name)


def still(template: str, here: str = "", **same: Any) -> Markup:
    """A part that is the same on every page but for the page's own address: made once per language and appearance.

    `same` are constants of its module, never anything of a person or a page.
    """
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    kept: dict[tuple[str, str, str], str] = app.extensions.setdefault("motcua_still", {})
    look = appearance()
    key = (template, i18n.language(), f"{look.size}{look.theme}")
    if key not in kept:
        words = {"here": HERE, "appearance": look, "lang": key[1], "languages": i18n.LANGUAGES, **same}
        kept[key] = of(app, key[1]).get_template(template).render(words)
    return Markup(kept[key].replace(HERE, escape(here)))  # noqa: S704  (our own template)


def kept(template: str, macro: str, *values: Hashable) -> Markup:
    """What a macro makes of these values, made once per language: the rows of a list hardly change between two looks.

    The macro may depend on nothing else. At most KEPT_PIECES of a kilobyte stay in memory, the latest ones.
    """
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    make: Callable[..., Markup] | None = app.extensions.get("motcua_kept")
    if make is None:
        make = app.extensions["motcua_kept"] = lru_cache(KEPT_PIECES)(partial(_piece, app))
    return make(i18n.language(), template, macro, *values)


def _piece(app: Flask, language: str, template: str, macro: str, *values: Hashable) -> Markup:
    made: Markup = getattr(of(app, language).get_template(template).module, macro)(*values)
    return made


def render(template: str, **context: Any) -> str:
    """A template in the reader's language, with what every page knows."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    app.update_template_context(context)
    made = of(app, i18n.language()).get_template(template).render(context)
    g.page = template  # for the log; the parts of a page are made before the page itself is
    return made
