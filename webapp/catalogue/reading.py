"""From a file or a stored revision to a `ProcedureSpec`; a mistake names the file, the place and the mend."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from webapp.catalogue import formspec as form
from webapp.catalogue.conditions import Condition
from webapp.catalogue.listed import listed_spec
from webapp.catalogue.place import Place, Raw, SpecError
from webapp.catalogue.reading_terms import read_day, read_due, read_fee
from webapp.catalogue.words import Words
from webapp.core import parsing
from webapp.core.fields import FieldSpec

DATA = Path(__file__).parent / "data"
PROCEDURES = DATA / "procedures"
# The kinds with a reader, and those that `core.fields` reads itself; beside them `catalog:<list>`.
KINDS = frozenset(parsing.READERS) | frozenset(
    (
        "text",
        "textarea",
        "select",
        "address",
        "commune",
        "date_and_text",
        "table",
        "unit",
        "plot_ref",
        "doc_ref",
    )
)
# What a row of a table may ask: one box each.
COLUMN_KINDS = KINDS - {"address", "commune", "date_and_text", "table", "textarea", "password", "otp", "pin"}
_CODE = re.compile(r"^\d\.\d{6}$")
_KEY = re.compile(r"^[a-z][a-z0-9_]*$")
_RESULT = re.compile(r"^KQ\.G\d{2}\.\d{6}$")
# What may stand in each place; a name with * is a pair …_vi and …_en.
TOP = (
    "code slug checked_on name* plain* summary* synonyms life_event icon field* ministry* level authority* "
    "interlinked service_level time due fee legal documents results sections notes* benefit related fields "
    "draft_confirmation"
)
FIELD = (
    "key kind label* ask* hint* required options prefill default when autocomplete sensitive where computed "
    "columns row*"
)
DOCUMENT = (
    "key kind title* official* ask* required when when_note* originals copies max_photos reuse "
    "replaced_by_data form_no confidence sensitive"
)


@cache
def lists() -> dict[str, tuple[tuple[str, Words], ...]]:
    """The short lists that questions offer (ethnic groups, countries, family relations)."""
    raw = yaml.safe_load((DATA / "lists.yaml").read_text(encoding="utf-8"))
    pairs = {name: [Words(row["vi"], row["en"]) for row in rows] for name, rows in raw.items()}
    return {name: tuple((words.vi, words) for words in rows) for name, rows in pairs.items()}


def read_file(path: Path) -> dict[str, Any]:
    """The content of one file, as it will be stored."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    content = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506  (a safe loader, both)
    if not isinstance(content, dict):
        raise SpecError(f"{path.name}: this is not a procedure; begin with code: '1.001193'")
    return content


def parse(raw: Raw, source: str | None = None) -> form.ProcedureSpec:
    """Check one procedure and make it a value."""
    code = raw.get("code")
    if "listing" in raw:
        return listed_spec(raw)
    here = Place(source or f"procedure {code}")
    if not isinstance(code, str) or not _CODE.match(code):
        raise here.wrong(f"code is {code!r}; write it like '1.001193', in quotes")
    here.only(raw, TOP)
    level = here.need(raw, "service_level", dict)
    by_key = {f.key: f for f in _fields(here, _some(here, raw, "fields"))}
    sections = tuple(_sections(here, _some(here, raw, "sections"), by_key))
    paged = {f.key for section in sections for f in section.fields}
    others = tuple(f for f in by_key.values() if f.key not in paged)
    _check_placed(here, others)
    spec = form.ProcedureSpec(
        code=code,
        slug=here.need(raw, "slug"),
        checked_on=read_day(here, raw, "checked_on"),
        name=here.words(raw, "name"),
        plain=here.words(raw, "plain"),
        summary=here.words(raw, "summary"),
        synonyms=here.texts(raw, "synonyms"),
        life_event=here.one_of(raw, "life_event", form.LIFE_EVENTS),
        icon=here.need(raw, "icon"),
        field=here.words(raw, "field"),
        ministry=here.words(raw, "ministry"),
        level=here.one_of(raw, "level", ("commune", "province")),
        authority=here.words(raw, "authority"),
        service_level=here.at("service_level").one_of(level, "value", form.SERVICE_LEVELS),
        service_note=here.at("service_level").words_or_none(level, "note"),
        time_note=here.at("time").words_or_none(here.need(raw, "time", dict), "note"),
        due=read_due(here.at("due"), here.need(raw, "due", dict)),
        fee=read_fee(here.at("fee"), here.need(raw, "fee", dict)),
        legal=tuple(_legal(here.at("legal"), act) for act in _some(here, raw, "legal")),
        documents=tuple(_documents(here, _some(here, raw, "documents"))),
        results=tuple(_result(here, r, code) for r in _some(here, raw, "results")),
        sections=sections,
        others=others,
        notes=here.words_or_none(raw, "notes"),
        components=_components(here, raw),
        draft_confirmation=_draft_confirmation(here, raw),
        by_key=by_key,
    )
    _check_conditions(here, spec)
    return spec


def _some(here: Place, raw: Raw, key: str) -> list[Raw]:
    """A list of entries that must hold something."""
    here.need(raw, key, list)
    return here.rows(raw, key)


def _components(here: Place, raw: Raw) -> tuple[str, ...]:
    if "interlinked" not in raw:
        return ()
    return here.at("interlinked").texts(here.need(raw, "interlinked", dict), "components")


def _fields(here: Place, rows: list[Raw]) -> list[form.FormField]:
    found: dict[str, form.FormField] = {}
    for raw in rows:
        place = here.at("fields", raw.get("key"))
        made = _field(place, raw)
        if made.key in found:
            raise place.wrong("this key is used twice; give one of them another")
        found[made.key] = made
    return list(found.values())


def _field(place: Place, raw: Raw) -> form.FormField:
    place.only(raw, FIELD)
    key, kind = place.need(raw, "key"), place.need(raw, "kind")
    if not _KEY.match(key):
        raise place.wrong("a key has small letters, digits and _ only")
    listed = kind.removeprefix("catalog:") if kind.startswith("catalog:") else None
    if listed is None and kind not in KINDS:
        raise place.wrong(f"kind {kind!r} is not known; use one of {', '.join(sorted(KINDS))}")
    options = _options(place, raw)
    if kind == "select" and not options:
        raise place.wrong("a select needs options")
    columns = tuple(_column(place, c) for c in place.rows(raw, "columns"))
    if kind == "table" and not columns:
        raise place.wrong("a table needs columns")
    name = place.words(raw, "label")
    return form.FormField(
        key=key,
        kind=kind,
        label=place.words(raw, "ask") if "ask_vi" in raw else name,
        hint=place.words_or_none(raw, "hint"),
        required=bool(place.need(raw, "required", bool)) if "required" in raw else True,
        options=options or lists().get(listed or "", ()),
        autocomplete=place.text_or_none(raw, "autocomplete"),
        when=place.text_or_none(raw, "when"),
        prefill=place.texts(raw, "prefill"),
        default=place.text_or_none(raw, "default"),
        columns=columns,
        sensitive=bool(raw.get("sensitive", False)),
        name=name,
        where=place.one_of({"where": "page", **raw}, "where", ("page", "review", "computed")),
        condition=place.condition(raw),
        computed=place.text_or_none(raw, "computed"),
        row=place.words_or_none(raw, "row"),
    )


def _options(place: Place, raw: Raw) -> tuple[tuple[str, Words], ...]:
    found = tuple((place.need(o, "value"), place.at("options").words(o)) for o in place.rows(raw, "options"))
    if len({value for value, _ in found}) != len(found):
        raise place.wrong("two options have the same value; give one of them another", "options")
    return found


def _column(place: Place, raw: Raw) -> FieldSpec:
    """A question of one row: simple kinds only, for a row is posted as one line of a list."""
    place.only(raw, "key kind vi en required options")
    key, kind = place.need(raw, "key"), place.need(raw, "kind")
    listed = kind.removeprefix("catalog:") if kind.startswith("catalog:") else None
    if not _KEY.match(key) or (listed is None and kind not in COLUMN_KINDS):
        raise place.wrong(f"column {key}: kind {kind!r} cannot stand in a row; use {', '.join(sorted(COLUMN_KINDS))}")
    options = _options(place, raw)
    if kind == "select" and not options:
        raise place.wrong(f"column {key}: a select needs options")
    options = options or lists().get(listed or "", ())
    required = bool(raw.get("required", True))
    return FieldSpec(key, kind, place.words(raw), required=required, options=options)


def _sections(here: Place, rows: list[Raw], by_key: Mapping[str, form.FormField]) -> list[form.Section]:
    found: list[form.Section] = []
    seen: set[str] = set()
    for raw in rows:
        place = here.at("sections", raw.get("key"))
        place.only(raw, "key title* pages same_as")
        pages = []
        for keys in place.need(raw, "pages", list):
            if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
                raise place.wrong("each page is a list of keys, like [child_name, child_dob]", "pages")
            if not 1 <= len(keys) <= 4:
                raise place.wrong(f"the page {keys} has {len(keys)} questions; one to four belong on a page")
            for key in keys:
                if key not in by_key:
                    raise place.wrong(f"a page asks {key!r}, which is not among the fields; add or remove it")
                if key in seen or by_key[key].where != "page":
                    raise place.wrong(f"{key!r} is asked twice or not meant for a page; leave it on one page")
                seen.add(key)
            pages.append(form.Page(tuple(by_key[key] for key in keys)))
        key, title = _section_key(place, raw, found), place.words(raw, "title")
        found.append(form.Section(key, title, tuple(pages), _same(place, raw)))
    return found


def _section_key(place: Place, raw: Raw, before: list[form.Section]) -> str:
    key: str = place.need(raw, "key")
    if not _KEY.match(key) or any(section.key == key for section in before):
        raise place.wrong("a section needs a key of its own, of small letters, digits and _", "key")
    return key


def _same(place: Place, raw: Raw) -> form.SameAs | None:
    if "same_as" not in raw:
        return None
    same = place.need(raw, "same_as", dict)
    return form.SameAs(place.need(same, "prefix"), place.condition(same))


def _check_placed(here: Place, others: Iterable[form.FormField]) -> None:
    for question in others:
        if question.where == "page":
            place = here.at("fields", question.key)
            raise place.wrong("it is on no page; put it into a section, or set where: review")


def _check_conditions(here: Place, spec: form.ProcedureSpec) -> None:
    """A condition looks back at earlier pages only, and only at answers that can be given."""
    asked: dict[str, form.FormField] = {}
    for section in spec.sections:
        for page in section.pages:
            for question in page.fields:
                _check_keys(here.at("fields", question.key), question.condition, asked)
            asked |= {f.key: f for f in page.fields}
    for question in spec.others:
        _check_keys(here.at("fields", question.key), question.condition, asked)
    for document in spec.documents:
        _check_keys(here.at("documents", document.key), document.condition, asked)
    for section in spec.sections:
        if section.same_as:
            _check_keys(here.at("sections", section.key), section.same_as.condition, asked)
    for case in spec.fee.cases:
        _check_keys(here.at("fee"), case.condition, asked)


def _check_keys(place: Place, rule: Condition, asked: Mapping[str, form.FormField]) -> None:
    for test in rule.tests:
        question = asked.get(test.key)
        if question is None:
            raise place.wrong(f"when: {test.key!r} is not asked on an earlier page; ask it before this", "when")
        values = {v for v, _ in question.options} or ({"yes", "no"} if question.kind == "bool" else None)
        if test.value is not None and values is not None and test.value not in values:
            allowed = ", ".join(sorted(values))
            raise place.wrong(f"when: {test.key} can never be {test.value!r}; use one of {allowed}", "when")


def _documents(here: Place, rows: list[Raw]) -> Iterator[form.DocumentSpec]:
    seen: set[str] = set()
    for raw in rows:
        made = _document(here, raw)
        if made.key in seen or not _KEY.match(made.key):
            raise here.at("documents", made.key).wrong("a paper needs a key of its own, of small letters, digits and _")
        seen.add(made.key)
        yield made


def _document(here: Place, raw: Raw) -> form.DocumentSpec:
    place = here.at("documents", raw.get("key"))
    place.only(raw, DOCUMENT)
    kind = place.one_of(raw, "kind", form.DOCUMENT_KINDS)
    photos = place.need(raw, "max_photos", int) if kind in form.GIVEN_KINDS else 0
    return form.DocumentSpec(
        key=place.need(raw, "key"),
        kind=kind,
        title=place.words(raw, "title"),
        ask=place.words(raw, "ask"),
        required=bool(place.need(raw, "required", bool)),
        condition=place.condition(raw),
        official=place.words_or_none(raw, "official"),
        when_note=place.words_or_none(raw, "when_note"),
        reuse_codes=tuple(code for r in place.rows(raw, "reuse") for code in _reuse(place, r)),
        max_photos=photos,
        originals=place.need({"originals": 0, **raw}, "originals", int),
        copies=place.need({"copies": 0, **raw}, "copies", int),
        form_no=place.text_or_none(raw, "form_no"),
        sensitive=bool(raw.get("sensitive", False)),
    )


def _reuse(place: Place, raw: Raw) -> list[str]:
    place.only(raw, "procedure code result")
    if raw.get("code"):
        return [_result_code(place, raw["code"])]
    return [f"{place.need(raw, 'procedure')}/{place.need(raw, 'result')}"]


def _result(here: Place, raw: Raw, procedure: str) -> form.ResultSpec:
    place = here.at("results", raw.get("key"))
    place.only(raw, "key title* code validity* valid_months note*")
    code = _result_code(place, raw["code"]) if raw.get("code") else None
    key = place.need(raw, "key")
    title, validity, note = (
        place.words(raw, "title"),
        place.words(raw, "validity"),
        place.words_or_none(raw, "note"),
    )
    months = place.need(raw, "valid_months", int) if "valid_months" in raw else None
    return form.ResultSpec(key, title, code, code or f"{procedure}/{key}", validity, note, months)


def _result_code(place: Place, code: object) -> str:
    if not isinstance(code, str) or not _RESULT.match(code):
        raise place.wrong(f"result code {code!r}; write it like KQ.G15.000031, or leave it out")
    return code


def _draft_confirmation(here: Place, raw: Raw) -> form.DraftConfirmation | None:
    if "draft_confirmation" not in raw:
        return None
    place, given = here.at("draft_confirmation"), here.need(raw, "draft_confirmation", dict)
    place.only(given, "result days unit")
    result = place.one_of(given, "result", [str(r.get("key")) for r in _some(here, raw, "results")])
    unit = place.one_of(given, "unit", ("working_day", "day"))
    return form.DraftConfirmation(result, place.need(given, "days", int), unit)


def _legal(place: Place, raw: Raw) -> form.LegalAct:
    place.only(raw, "act note*")
    return form.LegalAct(place.need(raw, "act"), place.words_or_none(raw, "note"))
