"""From a file or a stored revision to a `ProcedureSpec`; a mistake names the file, the place and the mend."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from webapp.catalogue import fees
from webapp.catalogue import formspec as form
from webapp.catalogue.conditions import Condition, ConditionError, condition
from webapp.catalogue.words import Words
from webapp.core import parsing
from webapp.core.fields import FieldSpec
from webapp.core.text import nfc

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
_CODE = re.compile(r"^\d\.\d{6}$")
_KEY = re.compile(r"^[a-z][a-z0-9_]*$")
_RESULT = re.compile(r"^KQ\.G\d{2}\.\d{6}$")
Raw = Mapping[str, Any]


class SpecError(ValueError):
    """What is wrong in the catalogue's data, where, and what to do."""


class _Place:
    """Where we are, for messages: `1.001193.yaml: fields.child_name: …`."""

    def __init__(self, name: str) -> None:
        self.name = name

    def at(self, *parts: object) -> "_Place":
        return _Place(f"{self.name}: {'.'.join(map(str, parts))}")

    def wrong(self, what: str) -> SpecError:
        return SpecError(f"{self.name}: {what}")

    def need(self, raw: Raw, key: str, kind: type | tuple[type, ...] = str) -> Any:
        value = raw.get(key)
        if isinstance(value, bool) and kind is int or not isinstance(value, kind) or value in ("", [], {}):
            raise self.wrong(f"{key} is missing or not of the right kind; write it")
        return value

    def words(self, raw: Raw, stem: str = "") -> Words:
        vi, en = (raw.get(f"{stem}_{x}" if stem else x) for x in ("vi", "en"))
        if not (isinstance(vi, str) and vi.strip() and isinstance(en, str) and en.strip()):
            raise self.wrong(f"{stem or 'words'}: write it in both languages (…vi and …en)")
        if vi != nfc(vi):
            raise self.wrong(f"{stem or 'words'}: type it again; it has hidden or split letters (not NFC)")
        return Words(vi, en)

    def words_or_none(self, raw: Raw, stem: str) -> Words | None:
        return self.words(raw, stem) if f"{stem}_vi" in raw or f"{stem}_en" in raw else None

    def one_of(self, raw: Raw, key: str, allowed: Iterable[str]) -> str:
        value = str(raw.get(key))
        if value not in allowed:
            raise self.wrong(f"{key} is {value!r}; use one of {', '.join(allowed)}")
        return value

    def condition(self, raw: Raw, key: str = "when") -> Condition:
        try:
            return condition(raw.get(key))
        except ConditionError as bad:
            raise self.wrong(f"{key}: {bad}") from None

    def only(self, raw: Raw, allowed: str) -> None:
        names = [n for a in allowed.split() for n in ((f"{a[:-1]}_vi", f"{a[:-1]}_en") if a[-1] == "*" else (a,))]
        extra = sorted(set(raw) - set(names))
        if extra:
            raise self.wrong(f"unknown {', '.join(extra)}; take it out or correct its name")


# What may stand in each place; a name with * is a pair …_vi and …_en.
TOP = (
    "code slug checked_on name* plain* summary* synonyms life_event icon field* ministry* level authority* "
    "interlinked service_level time due fee legal documents results sections notes* benefit related fields "
    "draft_confirmation"
)
FIELD = "key kind label* ask* hint* required options prefill default when autocomplete sensitive where computed columns"
DOCUMENT = (
    "key kind title* official* ask* required when when_note* originals copies max_photos reuse "
    "replaced_by_data form_no confidence sensitive"
)
FEE_NUMBERS = (
    "counter_amount",
    "ceiling_amount",
    "copy_amount",
    "more_amount",
    "more_from_page",
    "max_amount",
)
FEE = f"kind amount note* unit* times pages cases discounts source confidence {' '.join(FEE_NUMBERS)}"


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
    here = _Place(source or f"procedure {code}")
    here.only(raw, TOP)
    if not isinstance(code, str) or not _CODE.match(code):
        raise here.wrong(f"code is {code!r}; write it like '1.001193', in quotes")
    level = here.need(raw, "service_level", dict)
    by_key = {f.key: f for f in _fields(here, here.need(raw, "fields", list))}
    sections = tuple(_sections(here, here.need(raw, "sections", list), by_key))
    paged = {f.key for section in sections for f in section.fields}
    others = tuple(f for f in by_key.values() if f.key not in paged)
    _check_placed(here, others)
    spec = form.ProcedureSpec(
        code=code,
        slug=here.need(raw, "slug"),
        checked_on=_day(here, raw, "checked_on"),
        name=here.words(raw, "name"),
        plain=here.words(raw, "plain"),
        summary=here.words(raw, "summary"),
        synonyms=tuple(map(str, here.need(raw, "synonyms", list))),
        life_event=here.one_of(raw, "life_event", form.LIFE_EVENTS),
        icon=here.need(raw, "icon"),
        field=here.words(raw, "field"),
        ministry=here.words(raw, "ministry"),
        level=here.one_of(raw, "level", ("commune", "province")),
        authority=here.words(raw, "authority"),
        service_level=here.at("service_level").one_of(level, "value", form.SERVICE_LEVELS),
        service_note=here.at("service_level").words_or_none(level, "note"),
        time_note=here.at("time").words_or_none(here.need(raw, "time", dict), "note"),
        due=_due(here.at("due"), here.need(raw, "due", dict)),
        fee=_fee(here.at("fee"), here.need(raw, "fee", dict)),
        legal=tuple(_legal(here.at("legal"), act) for act in here.need(raw, "legal", list)),
        documents=tuple(_document(here, d) for d in here.need(raw, "documents", list)),
        results=tuple(_result(here, r, code) for r in here.need(raw, "results", list)),
        sections=sections,
        others=others,
        notes=here.words_or_none(raw, "notes"),
        components=tuple(raw.get("interlinked", {}).get("components", ())),
        draft_confirmation=_draft_confirmation(here, raw),
        by_key=by_key,
    )
    _check_conditions(here, spec)
    return spec


def _fields(here: _Place, rows: list[Raw]) -> list[form.FormField]:
    found: dict[str, form.FormField] = {}
    for raw in rows:
        place = here.at("fields", raw.get("key"))
        made = _field(place, raw)
        if made.key in found:
            raise place.wrong("this key is used twice; give one of them another")
        found[made.key] = made
    return list(found.values())


def _field(place: _Place, raw: Raw) -> form.FormField:
    place.only(raw, FIELD)
    key, kind = place.need(raw, "key"), place.need(raw, "kind")
    if not _KEY.match(key):
        raise place.wrong("a key has small letters, digits and _ only")
    listed = kind.removeprefix("catalog:") if kind.startswith("catalog:") else None
    if listed is None and kind not in KINDS:
        raise place.wrong(f"kind {kind!r} is not known; use one of {', '.join(sorted(KINDS))}")
    options = tuple((place.need(o, "value"), place.at("options").words(o)) for o in raw.get("options", ()))
    if kind == "select" and not options:
        raise place.wrong("a select needs options")
    columns = tuple(_column(place, c) for c in raw.get("columns", ()))
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
        autocomplete=raw.get("autocomplete"),
        when=raw.get("when"),
        prefill=tuple(raw.get("prefill", ())),
        default=raw.get("default"),
        columns=columns,
        sensitive=bool(raw.get("sensitive", False)),
        name=name,
        where=place.one_of({"where": "page", **raw}, "where", ("page", "review", "computed")),
        condition=place.condition(raw),
        computed=raw.get("computed"),
    )


def _column(place: _Place, raw: Raw) -> FieldSpec:
    kind = place.need(raw, "kind")
    if kind not in KINDS and not kind.startswith("catalog:"):
        raise place.wrong(f"column {raw.get('key')}: kind {kind!r} is not known")
    options = lists().get(kind.removeprefix("catalog:"), ()) if kind.startswith("catalog:") else ()
    required = bool(raw.get("required", True))
    return FieldSpec(place.need(raw, "key"), kind, place.words(raw), required=required, options=options)


def _sections(here: _Place, rows: list[Raw], by_key: Mapping[str, form.FormField]) -> list[form.Section]:
    found: list[form.Section] = []
    seen: set[str] = set()
    for raw in rows:
        place = here.at("sections", raw.get("key"))
        place.only(raw, "key title* pages same_as")
        pages = []
        for keys in place.need(raw, "pages", list):
            if not 1 <= len(keys) <= 4:
                raise place.wrong(f"the page {keys} has {len(keys)} questions; one to four belong on a page")
            for key in keys:
                if key not in by_key:
                    raise place.wrong(f"a page asks {key!r}, which is not among the fields; add or remove it")
                if key in seen or by_key[key].where != "page":
                    raise place.wrong(f"{key!r} is asked twice or not meant for a page; leave it on one page")
                seen.add(key)
            pages.append(form.Page(tuple(by_key[key] for key in keys)))
        same = raw.get("same_as")
        about = form.SameAs(place.need(same, "prefix"), place.condition(same)) if same else None
        found.append(form.Section(place.need(raw, "key"), place.words(raw, "title"), tuple(pages), about))
    return found


def _check_placed(here: _Place, others: Iterable[form.FormField]) -> None:
    for question in others:
        if question.where == "page":
            place = here.at("fields", question.key)
            raise place.wrong("it is on no page; put it into a section, or set where: review")


def _check_conditions(here: _Place, spec: form.ProcedureSpec) -> None:
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


def _check_keys(place: _Place, rule: Condition, asked: Mapping[str, form.FormField]) -> None:
    for test in rule.tests:
        question = asked.get(test.key)
        if question is None:
            raise place.wrong(f"when: {test.key!r} is not asked on an earlier page; ask it before this")
        values = {v for v, _ in question.options} or ({"yes", "no"} if question.kind == "bool" else None)
        if test.value is not None and values is not None and test.value not in values:
            allowed = ", ".join(sorted(values))
            raise place.wrong(f"when: {test.key} can never be {test.value!r}; use one of {allowed}")


def _document(here: _Place, raw: Raw) -> form.DocumentSpec:
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
        reuse_codes=tuple(code for r in raw.get("reuse", ()) for code in _reuse(place, r)),
        max_photos=photos,
        originals=int(raw.get("originals", 0)),
        copies=int(raw.get("copies", 0)),
        form_no=raw.get("form_no"),
        sensitive=bool(raw.get("sensitive", False)),
    )


def _reuse(place: _Place, raw: Raw) -> list[str]:
    place.only(raw, "procedure code result")
    if raw.get("code"):
        return [_result_code(place, raw["code"])]
    return [f"{place.need(raw, 'procedure')}/{place.need(raw, 'result')}"]


def _result(here: _Place, raw: Raw, procedure: str) -> form.ResultSpec:
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


def _result_code(place: _Place, code: str) -> str:
    if not _RESULT.match(code):
        raise place.wrong(f"result code {code!r}; write it like KQ.G15.000031, or leave it out")
    return code


def _due(place: _Place, raw: Raw) -> form.DueRule:
    place.only(raw, "days unit same_day_cutoff pause")
    unit = place.one_of(raw, "unit", ("working_day", "day"))
    pause = place.one_of(raw, "pause", form.PAUSES) if "pause" in raw else form.PAUSES[0]
    return form.DueRule(place.need(raw, "days", int), unit, bool(raw.get("same_day_cutoff", False)), pause)


def _draft_confirmation(here: _Place, raw: Raw) -> form.DraftConfirmation | None:
    if "draft_confirmation" not in raw:
        return None
    place, given = here.at("draft_confirmation"), here.need(raw, "draft_confirmation", dict)
    place.only(given, "result days unit")
    result = place.one_of(given, "result", [r.get("key") for r in raw["results"]])
    unit = place.one_of(given, "unit", ("working_day", "day"))
    return form.DraftConfirmation(result, place.need(given, "days", int), unit)


def _legal(place: _Place, raw: Raw) -> form.LegalAct:
    place.only(raw, "act note*")
    return form.LegalAct(place.need(raw, "act"), place.words_or_none(raw, "note"))


def _day(place: _Place, raw: Raw, key: str) -> date:
    try:
        return date.fromisoformat(str(raw.get(key)))
    except ValueError:
        raise place.wrong(f"{key}: write a date like '2026-11-22'") from None


def _fee(place: _Place, raw: Raw) -> fees.FeeSpec:
    place.only(raw, FEE)
    made = fees.FeeSpec(
        kind=place.one_of(raw, "kind", fees.KINDS),
        amount=raw.get("amount"),
        note=place.words_or_none(raw, "note"),
        unit=place.words_or_none(raw, "unit"),
        cases=tuple(_case(place.at("cases"), case) for case in raw.get("cases", ())),
        discounts=tuple(_discount(place.at("discounts"), cut) for cut in raw.get("discounts", ())),
        source=raw.get("source", ""),
        confidence=raw.get("confidence", ""),
    )
    made = replace(made, **{n: place.need(raw, n, int) for n in FEE_NUMBERS if n in raw})
    made = replace(made, **{n: place.need(raw, n) for n in ("times", "pages") if n in raw})
    if made.amount is None and made.kind != "local":
        raise place.wrong("amount is missing; write whole đồng, or kind: local where the province sets it")
    return made


def _case(place: _Place, raw: Raw) -> fees.FeeCase:
    place.only(raw, "when amount")
    amount = raw.get("amount")
    if not isinstance(amount, int):
        raise place.wrong("amount is missing; write whole đồng, 0 for free")
    return fees.FeeCase(place.condition(raw), amount)


def _discount(place: _Place, raw: Raw) -> fees.Discount:
    place.only(raw, "percent valid_from valid_to act")
    start, end = _day(place, raw, "valid_from"), _day(place, raw, "valid_to")
    return fees.Discount(place.need(raw, "percent", int), start, end, place.need(raw, "act"))
