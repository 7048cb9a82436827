"""The API described by itself: OpenAPI 3.1. Tests ask the API what stands here, and nothing else is there."""

from functools import cache
from typing import Any

from webapp.core import inspect
from webapp.dossiers.states import State
from webapp.interop.answers import LIMIT, MAX_BODY, MOST
from webapp.interop.limits import PER_ADDRESS, PER_TOKEN
from webapp.interop.problems import KINDS, MEDIA_TYPE

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}
YES_NO: Schema = {"type": "boolean"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
DAY: Schema = {"type": "string", "format": "date"}
HASH: Schema = {"type": "string", "pattern": "^[0-9a-fA-F]{64}$"}
WORDS: Schema = {"$ref": "#/components/schemas/Words"}


def maybe(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def many(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def thing(**properties: Schema) -> Schema:
    """An object of which every property is always there."""
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


STAGE: dict[str, Schema] = {
    "state": {"type": "string", "enum": [state.value for state in State if state is not State.DRAFT]},
    "portal_status": maybe({"type": "integer", "minimum": 1, "maximum": 10}),
    "overdue": YES_NO,
}
NAMED = thing(code=TEXT, name=WORDS)
HISTORY = many(thing(at=MOMENT, verb=TEXT, state=TEXT))
FILE = thing(
    id=TEXT,
    sha256=HASH,
    size=WHOLE,
    media_type=TEXT,
    stored_at=MOMENT,
    at_desk_at={**maybe(MOMENT), "description": "When the office received it at our own desk."},
    delivered_at={**maybe(MOMENT), "description": "When the office's own system repeated its hash."},
    href=TEXT,
)
REUSED = thing(code=maybe(TEXT), issuer=TEXT, sha256=HASH)
SCHEMAS: dict[str, Schema] = {
    "Words": thing(vi=TEXT, en=TEXT),
    "ProcedureEntry": thing(code=TEXT, name=WORDS, field=WORDS, levels=many(TEXT), online=YES_NO, href=TEXT),
    "Procedure": thing(
        code=TEXT,
        revision=WHOLE,
        name=WORDS,
        plain_name=WORDS,
        summary=WORDS,
        field=WORDS,
        authority=WORDS,
        levels=many(TEXT),
        online=YES_NO,
        not_taken=maybe(thing(since=DAY, until=maybe(DAY), reason=TEXT)),
        time_limit=maybe(
            thing(
                days=WHOLE,
                unit={"type": "string", "enum": ["working_day", "day"]},
                same_day_until={**maybe(TEXT), "description": "Received until then: due that day; later: the next."},
                after_pause={"type": "string", "enum": ["shift", "recompute"]},
            )
        ),
        documents=many(
            thing(
                key=TEXT,
                name=WORDS,
                required=YES_NO,
                given=YES_NO,
                originals=WHOLE,
                copies=WHOLE,
                reuse_codes=many(TEXT),
            )
        ),
        results=many(thing(code=maybe(TEXT), reuse_code=TEXT, name=WORDS)),
        legal_basis=many(TEXT),
        page=TEXT,
    ),
    "Status": thing(
        code=TEXT,
        **STAGE,
        procedure=NAMED,
        office=thing(name=TEXT, phone=TEXT),
        due_at=maybe(MOMENT),
        supplement_until=maybe(DAY),
        history=HISTORY,
    ),
    "DossierRow": thing(
        id=TEXT,
        code=TEXT,
        state=STAGE["state"],
        portal_status=STAGE["portal_status"],
        procedure_code=TEXT,
        submitted_at=MOMENT,
        due_at=maybe(MOMENT),
        changed_at=MOMENT,
        href=TEXT,
    ),
    "Dossier": thing(
        id=TEXT,
        code=TEXT,
        version=WHOLE,
        **STAGE,
        procedure=NAMED,
        channel=TEXT,
        submitted_at=MOMENT,
        received_at=maybe(MOMENT),
        due_at=maybe(MOMENT),
        applicant=thing(name=TEXT, citizen_id=maybe(TEXT), birth_date=maybe(TEXT)),
        answers={"type": "object", "description": "By the keys of the procedure's questions."},
        papers=many(thing(key=TEXT, name=WORDS, files=many(FILE), reused_record=maybe(REUSED))),
        history=HISTORY,
    ),
    "Acknowledged": thing(acknowledged=WHOLE, of=WHOLE, waiting=WHOLE),
    "Problem": {
        "type": "object",
        "description": "RFC 9457",
        "properties": {
            "type": TEXT,
            "title": TEXT,
            "status": WHOLE,
            "detail": TEXT,
            "instance": TEXT,
            "errors": many({"type": "object", "properties": {"detail": TEXT, "pointer": TEXT}}),
        },
        "required": ["type", "title", "status"],
    },
}
CURSOR = {"name": "cursor", "in": "query", "description": "next_cursor of the answer before.", "schema": TEXT}
LIMIT_ASKED = {
    "name": "limit",
    "in": "query",
    "schema": {"type": "integer", "minimum": 1, "maximum": MOST, "default": LIMIT},
}
IF_NONE_MATCH = {"name": "If-None-Match", "in": "header", "description": "The ETag you have.", "schema": TEXT}
TOKEN = [{"token": []}]


def _header(says: str, schema: Schema = TEXT) -> dict[str, Any]:
    return {"description": says, "schema": schema}


HEADERS: dict[str, Any] = {
    "RateLimit-Policy": _header('By what is counted, how many, in how many seconds: "token";q=600;w=60'),
    "RateLimit": _header('How many are left, and for how many seconds: "token";r=598;t=41'),
    "ETag": _header("The name of this answer; send it as If-None-Match."),
    "Retry-After": _header("Come back after so many seconds.", WHOLE),
    "WWW-Authenticate": _header("Which kind of token is wanted."),
    "Complete-Until": _header("Every change before this moment was shown: ask next time since it.", MOMENT),
}
COUNTED = ("RateLimit-Policy", "RateLimit")
AND_MORE = {401: ("WWW-Authenticate",), 429: ("Retry-After",), 503: ("Retry-After",)}


def _headers(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in (*COUNTED, *names)}


def _problems(*statuses: int) -> dict[str, Any]:
    content = {MEDIA_TYPE: {"schema": ref("Problem")}}
    return {
        str(status): {
            "description": KINDS[status][1], "headers": _headers(*AND_MORE.get(status, ())), "content": content
        }
        for status in (*statuses, 429, 500, 503)
    }  # fmt: skip


def _good(content: dict[str, Any], says: str, *headers: str) -> dict[str, Any]:
    return {"200": {"description": says, "headers": _headers(*headers), "content": content}}


def _json(schema: Schema) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _get(
    name: str,
    says: str,
    content: dict[str, Any],
    *parameters: Any,
    wrong: tuple[int, ...] = (),
    headers: tuple[str, ...] = (),
    **more: Any,
) -> Any:
    known = {"304": {"description": "You have it already.", "headers": _headers("ETag", *headers)}}
    answers = _good(content, says, "ETag", *headers) | known | _problems(*wrong)
    return {
        "get": {
            "operationId": name,
            "summary": says,
            "parameters": [*parameters, IF_NONE_MATCH],
            "responses": answers,
            **more,
        }
    }


def _post(
    name: str, says: str, body: Schema, schema: Schema, *parameters: Any, wrong: tuple[int, ...], **more: Any
) -> Any:
    sent = {"required": True, "content": {"application/json": {"schema": body}}}
    answers = _good(_json(schema), says) | _problems(*wrong)
    return {
        "post": {
            "operationId": name,
            "summary": says,
            "parameters": list(parameters),
            "requestBody": sent,
            "responses": answers,
            **more,
        }
    }


def _path(name: str, says: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": says,
        "schema": {"type": "string", "minLength": 1},
    }


def _page_of(name: str) -> Schema:
    return thing(items=many(ref(name)), next_cursor=maybe(TEXT))


def _of_an_office() -> dict[str, Any]:
    """What an office's own system asks with its token."""
    id_ = _path("id", "id of a dossier")
    since = {"name": "since", "in": "query", "description": "Changed at or after this moment.", "schema": MOMENT}
    key = {
        "name": "Idempotency-Key", "in": "header", "required": True,
        "schema": {"type": "string", "pattern": "^[!-~]{8,60}$"},
        "description": "Made by you for this act; sent again with the same body it is answered the same.",
    }  # fmt: skip
    files = {"type": "array", "minItems": 1, "maxItems": 200, "items": thing(id=TEXT, sha256=HASH)}
    return {
        "/dossiers": _get(
            "listDossiers", "The own office's dossiers in the order in which they changed",
            _json(_page_of("DossierRow")), since, LIMIT_ASKED, CURSOR,
            wrong=(400, 401, 403), headers=("Complete-Until",), security=TOKEN,
        ),
        "/dossiers/{id}": _get(
            "getDossier", "One dossier", _json(ref("Dossier")), id_, wrong=(401, 403, 404), security=TOKEN,
        ),
        "/dossiers/{id}/files/{file}": _get(
            "getFile", "The bytes of one file; their ETag is the SHA-256",
            {kind: {} for kind in inspect.NAMED}, id_, _path("file", "id of a file of the dossier"),
            wrong=(401, 403, 404, 409), security=TOKEN,
        ),
        "/dossiers/{id}/acknowledgements": _post(
            "acknowledgeFiles", "Say which files have arrived, by their hashes",
            thing(files=files), ref("Acknowledged"), id_, key,
            wrong=(400, 401, 403, 404, 409, 413, 415, 422), security=TOKEN,
        ),
    }  # fmt: skip


@cache
def description() -> dict[str, Any]:
    """The whole document."""
    words = {"name": "q", "in": "query", "description": "Plain words, also without accents.", "schema": TEXT}
    asked = {
        "type": "object",
        "properties": {
            "code": {"type": "string", "minLength": 1, "maxLength": 60},
            "proof": {"type": "string", "minLength": 1, "maxLength": 20},
        },
        "required": ["code", "proof"],
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Một Cửa",
            "version": "1",
            "description": (
                f"Errors are RFC 9457 problems. {PER_TOKEN} requests a minute for a token, {PER_ADDRESS}"
                f" for an address without one; the RateLimit fields say what is left. Bodies up to {MAX_BODY} bytes."
            ),
        },
        "servers": [{"url": "/api/v1"}],
        "paths": {
            "/procedures": _get(
                "listProcedures", "Procedures on offer, by code", _json(_page_of("ProcedureEntry")),
                words, LIMIT_ASKED, CURSOR, wrong=(400,),
            ),
            "/procedures/{code}": _get(
                "getProcedure", "One procedure", _json(ref("Procedure")), _path("code", "such as 1.001193"),
                wrong=(404,),
            ),
            "/status": _post(
                "getStatus", "Stage and dates by code and a second fact (last 4 of the ID number, or the birth year)",
                asked, ref("Status"), wrong=(400, 404, 413, 415, 422),
            ),
            **_of_an_office(),
        },
        "components": {
            "schemas": SCHEMAS,
            "headers": HEADERS,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }  # fmt: skip
