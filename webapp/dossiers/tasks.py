"""The task list of a draft: its sections, its papers, the sending; and which row comes next."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from flask import url_for

from webapp.catalogue.formspec import EMPTY, missing, unseen, visible_steps
from webapp.core.text import Text
from webapp.dossiers.view import DossierView


@dataclass(frozen=True)
class Task:
    """One row, as ui/task_list.html prints it."""

    label: Any
    href: str | None
    status: Any
    tone: str
    icon: str | None
    hint: Any
    done: bool


TODO = Text("To do")
HALF = Text("In progress")
READY = Text("Known already")
DONE = Text("Done")
PHOTO = Text("Photo needed")
REUSED = Text("No need to send")
AGREE = Text("Say yes, and you need not send it")
LATER = Text("Not yet")


def task_rows(view: DossierView, held: Collection[str] = ()) -> list[Task]:
    """`held`: result codes of records that the state already holds of this person."""
    rows = [*_sections(view), *_papers(view, held)]
    ready = all(row.done for row in rows) and not view.content["raw"]
    href = url_for("dossiers.review", id=view.public_id) if ready else None
    rows.append(
        Task(
            Text("Read through and send"),
            href,
            TODO if ready else LATER,
            "neutral" if ready else "plain",
            None,
            None,
            False,
        )
    )
    return rows


def next_task(rows: list[Task]) -> Task | None:
    return next((row for row in rows if not row.done and row.href), None)


def _sections(view: DossierView) -> list[Task]:
    answers = view.answers
    open_keys = {f.key for f in (*missing(view.spec, answers), *unseen(view.spec, answers))} | set(view.content["raw"])
    rows = []
    for section in view.spec.sections:
        steps = visible_steps(view.spec, answers, section.key)
        if not steps:
            continue
        keys = [f.key for step in steps for f in step.fields]
        unasked = [s for s in steps if any(f.key in open_keys for f in s.fields)]
        first = unasked[0].number if unasked else 1
        href = url_for("dossiers.section", id=view.public_id, key=section.key, q=first)
        status, tone, icon = _status(keys, open_keys, answers, view.sources)
        rows.append(Task(section.title, href, status, tone, icon, None, not unasked))
    return rows


def _status(
    keys: list[str], open_keys: set[str], answers: dict[str, Any], sources: dict[str, Any]
) -> tuple[Text, str, str | None]:
    given = [k for k in keys if answers.get(k) not in EMPTY]
    if any(k in open_keys for k in keys):
        own = [k for k in given if k not in sources]
        return (HALF, "wait", None) if own else (TODO, "neutral", None)
    known = [k for k in given if k in sources and sources[k]["kind"] != "default"]
    return (READY if known and len(known) == len(given) else DONE), "plain", "circle-check"


def _papers(view: DossierView, held: Collection[str]) -> list[Task]:
    rows = []
    for paper in view.documents:
        if not paper.spec.given:
            continue
        href = url_for("dossiers.document", id=view.public_id, key=paper.spec.key)
        done = paper.given or not paper.spec.required
        if paper.record is not None:
            row = Task(paper.spec.title, href, REUSED, "plain", "circle-check", None, True)
        elif paper.current:
            hint = Text("%(n)s photos", n=len(paper.current)) if len(paper.current) > 1 else Text("1 photo")
            row = Task(paper.spec.title, href, DONE, "plain", "circle-check", hint, True)
        elif any(code in held for code in paper.spec.reuse_codes):
            row = Task(paper.spec.title, href, READY, "good", "file-check", AGREE, done)
        else:
            row = Task(
                paper.spec.title,
                href,
                PHOTO if paper.spec.required else Text("If you have it"),
                "wait" if paper.spec.required else "plain",
                None,
                None,
                done,
            )
        rows.append(row)
    return rows
