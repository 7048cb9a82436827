"""What the figures must reach, and which do not: when one is missed, `python -m tests.bench --check` exits 1.

A goal is about a target, on one database or on both ("").
"""

from dataclasses import dataclass

Figures = dict[str, float]
MOST_GROWTH, MOST_MEMORY = 1.3, 160
QUERY_GROWTH, QUERY_MS = 2.0, 1.0
BOARD, BOARD_MS = "board", 20.0  # sums of every office: their queries begin with this word


@dataclass(frozen=True)
class Goal:
    """One figure of one target; `ratio`, `rps` must be at least `limit`, milliseconds at most."""

    target: str
    kind: str
    figure: str
    limit: float

    def of(self, name: str) -> bool:
        return name in (f"{self.target} {self.kind}", f"{self.target} sqlite", f"{self.target} postgresql") and (
            self.kind == "" or name.endswith(self.kind)
        )

    def met(self, value: float) -> bool:
        return value >= self.limit if self.figure in ("ratio", "rps") else value <= self.limit

    def __str__(self) -> str:
        return f"{self.figure} {'≥' if self.figure in ('ratio', 'rps') else '≤'} {self.limit:g}"


def _ratios(targets: str, sqlite: float, postgresql: float) -> list[Goal]:
    return [
        Goal(target, kind, "ratio", limit)
        for target in targets.split("; ")
        for kind, limit in (("sqlite", sqlite), ("postgresql", postgresql))
    ]


GOALS = [
    *_ratios("lookup page; lookup by code; tracking by QR", 0.85, 0.38),
    *_ratios("tracking by QR, 304", 1.25, 1.25),
    *_ratios("worklist of 50; dossier at the counter; tracking, logged in", 0.45, 0.30),
    *_ratios("submit", 0.25, 0.30),
    Goal("submit", "sqlite", "p99", 60),
    Goal("submit", "sqlite", "worst", 250),
    Goal("submit", "postgresql", "p99", 40),
    Goal("two photos of 200 KB and submit", "", "rps", 30),
    Goal("two photos of 200 KB and submit", "", "p95", 500),
    Goal("one photo of 300 KB", "", "ratio", 0.45),
]


def verdicts(name: str, found: Figures) -> list[tuple[str, bool]]:
    """What was asked of this target, and whether it is so."""
    said = [(str(goal), goal.met(found[goal.figure])) for goal in GOALS if goal.of(name) and goal.figure in found]
    if "mb" in found:
        said.append((f"MB ≤ {MOST_MEMORY}", found["mb"] <= MOST_MEMORY))
    return said


def growth(first: Figures, last: Figures, page: float = 1.0) -> dict[str, float]:
    """What a request costs at the last size, of what it did at the first: CPU, and time beside the yardstick.

    `page`: what the CPU of the yardstick F grew meanwhile. It has no tables: the machine was slower then.
    """
    found = {}
    if first.get("cpu"):
        found["cpu"] = last["cpu"] / first["cpu"] / page
    if last.get("ratio"):
        found["time"] = first["ratio"] / last["ratio"]
    return found


def query_goal(name: str) -> str:
    return f"≤ {BOARD_MS:g} ms" if name.startswith(BOARD) else f"≤ {QUERY_GROWTH} × or {QUERY_MS:g} ms"


def query_is_good(name: str, first: float, last: float) -> bool:
    """Goal 5; milliseconds."""
    if name.startswith(BOARD):
        return last <= BOARD_MS
    return last <= QUERY_MS or last <= QUERY_GROWTH * first
