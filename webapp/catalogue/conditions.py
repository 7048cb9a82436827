"""When a question or a paper is needed: a tiny language over earlier answers. Pure.

copies_wanted                      answered, and not "no"
not for_self                       the contrary
result_channel=buu_chinh_cong_ich  exactly this answer
a=b or c=d and not e               "and" binds more closely than "or"; no brackets
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

_TEST = re.compile(r"^(?P<no>not )?(?P<key>[a-z][a-z0-9_]*)(?:=(?P<value>[A-Za-z0-9_]+))?$")
_JOINS = ("and", "or", "not")
_NOTHING: tuple[Any, ...] = (None, "", "no", [], {}, ())


class ConditionError(ValueError):
    """The text is not in the language above."""


@dataclass(frozen=True)
class Test:
    """One question to one answer."""

    key: str
    value: str | None
    negated: bool

    def holds(self, answers: Mapping[str, Any]) -> bool:
        answer = answers.get(self.key)
        if self.value is None:
            met = answer is not False and answer not in _NOTHING
        else:
            given = {True: "yes", False: "no"}.get(answer) if isinstance(answer, bool) else answer
            met = given is not None and str(given) == self.value
        return met is not self.negated


@dataclass(frozen=True)
class Condition:
    """Alternatives, each a list of tests that must all hold; no alternatives: always."""

    text: str = ""
    alternatives: tuple[tuple[Test, ...], ...] = ()

    def holds(self, answers: Mapping[str, Any]) -> bool:
        if not self.alternatives:
            return True
        return any(all(test.holds(answers) for test in tests) for tests in self.alternatives)

    @property
    def tests(self) -> list[Test]:
        return [test for tests in self.alternatives for test in tests]

    @property
    def keys(self) -> set[str]:
        return {test.key for test in self.tests}


ALWAYS = Condition()


@lru_cache(maxsize=4096)
def condition(text: str | None) -> Condition:
    """Read one; an empty text always holds."""
    words = " ".join((text or "").split())
    if not words:
        return ALWAYS
    groups = [group.split(" and ") for group in words.split(" or ")]
    return Condition(words, tuple(tuple(_test(part, words) for part in group) for group in groups))


def _test(part: str, whole: str) -> Test:
    match = _TEST.match(part.strip())
    if match is None or match["key"] in _JOINS:
        raise ConditionError(f"{part!r} in {whole!r}: write key, key=value or not key, joined by and / or")
    return Test(match["key"], match["value"], match["no"] is not None)
