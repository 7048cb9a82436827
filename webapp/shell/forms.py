"""A posted form read by field specifications: clean values, errors by field, and the raw text to show again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from webapp.core.fields import FieldSpec, FormLike, Reading, missing_error, read_field
from webapp.core.text import Text
from webapp.shell.i18n import t


@dataclass
class Form:
    """`Form(specs)` to show, `Form.read(specs, request.form)` after a post."""

    specs: Sequence[FieldSpec]
    raw: dict[str, Any] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    wrong: dict[str, Text] = field(default_factory=dict)

    @classmethod
    def read(cls, specs: Sequence[FieldSpec], form: FormLike) -> "Form":
        made = cls(specs)
        for spec in specs:
            made.take(spec, read_field(spec, form))
        return made

    @classmethod
    def show(cls, specs: Sequence[FieldSpec], values: Mapping[str, Any] | None = None) -> "Form":
        return cls(specs, raw=dict(values or {}))

    def take(self, spec: FieldSpec, reading: Reading) -> None:
        self.raw[spec.key] = reading.raw
        if reading.error is not None:
            self.wrong[spec.key] = reading.error
        elif reading.value is not None:
            self.values[spec.key] = reading.value

    def refuse(self, key: str, text: Text) -> None:
        """A rule between fields, or of the domain, says no."""
        self.wrong[key] = text
        self.values.pop(key, None)

    @property
    def ok(self) -> bool:
        return not self.wrong

    def error(self, key: str) -> str | None:
        return t(self.wrong[key]) if key in self.wrong else None

    @property
    def errors(self) -> list[tuple[str, str]]:
        """For the summary on top, in the order of the fields."""
        order = {spec.key: i for i, spec in enumerate(self.specs)}
        wrong = sorted(self.wrong.items(), key=lambda kv: order.get(kv[0], 99))
        return [(key, self._named(key, text)) for key, text in wrong]

    def _named(self, key: str, text: Text) -> str:
        """Far from its field, a sentence such as "this is still empty" must say of which one."""
        spec = next((s for s in self.specs if s.key == key), None)
        if spec is None or len(self.specs) == 1 or text.msgid != missing_error(spec).msgid:
            return t(text)
        return f"{t(spec.label).rstrip('?')}: {t(text)}"
