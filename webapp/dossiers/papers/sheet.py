"""A sheet of paper as a value: what stands on it, whether a browser shows it or typst prints it. Pure."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Head:
    """What stands above every official paper: whose office, under whom, where and when."""

    above: str
    office: str
    place_and_day: str
    # The state's heading is the same in every language of the app.
    nation: str = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    motto: str = "Độc lập – Tự do – Hạnh phúc"


@dataclass(frozen=True)
class Facts:
    """Label and value, line by line."""

    rows: tuple[tuple[str, str], ...]
    kind: str = "facts"


@dataclass(frozen=True)
class Table:
    """Rows under columns; `widths` are parts of the line."""

    columns: tuple[str, ...]
    widths: tuple[float, ...]
    rows: tuple[tuple[str, ...], ...]
    kind: str = "table"


@dataclass(frozen=True)
class Words:
    """A paragraph; `title` stands before it in bold."""

    text: str
    title: str = ""
    kind: str = "words"


@dataclass(frozen=True)
class Sign:
    """A place to sign; with a name where it is known."""

    title: str
    name: str = ""


Block = Facts | Table | Words


@dataclass(frozen=True)
class Sheet:
    """One paper. `one_page`: shrunk until it fits; otherwise it runs on and its pages are numbered."""

    form: str
    title: str
    subtitle: str
    number: str
    head: Head
    blocks: tuple[Block, ...]
    signs: tuple[Sign, ...]
    foot: str
    qr: str = ""  # the address in the code
    qr_words: str = ""
    lookup: str = ""
    demo: str = ""  # said on every sheet of a trial
    one_page: bool = True
    landscape: bool = False

    def data(self) -> dict[str, Any]:
        return asdict(self)
