"""PDFs that do something by themselves, or look as if they might: each a change to a plain one."""

from collections.abc import Callable
from typing import Any

from pikepdf import Array, Dictionary, Name, Pdf, String


def script(**more: Any) -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"), **more)


def on_open(made: Pdf) -> None:
    made.Root.OpenAction = script()


def on_open_apart(made: Pdf) -> None:
    made.Root.OpenAction = made.make_indirect(script())


def in_the_names(made: Pdf) -> None:
    made.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), script()])))


def behind_a_link(made: Pdf) -> None:
    _annotation(made, Subtype=Name.Link, A=script())


def without_its_script(made: Pdf) -> None:
    made.Root.OpenAction = Dictionary(S=Name.JavaScript)


def deep_inside(made: Pdf) -> None:
    inner = script()
    for _ in range(30):
        inner = Dictionary(Next=Array([inner]))
    made.Root.Threads = Array([inner])


def on_a_page(made: Pdf) -> None:
    made.pages[0].AA = Dictionary(O=Dictionary(S=Name.URI, URI=String("https://x")))


def opens_a_page_of_the_web(made: Pdf) -> None:
    made.Root.OpenAction = Dictionary(S=Name.URI, URI=String("https://x"))


def begins_and_goes_on(kind: str, **more: Any) -> Callable[[Pdf], None]:
    """Opens at a page, and hands on to an act."""

    def change(made: Pdf) -> None:
        begin = Dictionary(S=Name.GoTo, D=Array([made.pages[0].obj, Name.Fit]))
        begin.Next = Array([Dictionary(S=Name(kind), **more)])
        made.Root.OpenAction = made.make_indirect(begin)

    return change


def a_link_that_goes_on(made: Pdf) -> None:
    web = Dictionary(S=Name.URI, URI=String("https://x"))
    _annotation(made, Subtype=Name.Link, A=Dictionary(S=Name.GoTo, D=String("a"), Next=web))


def prints_itself(made: Pdf) -> None:
    made.Root.OpenAction = Dictionary(S=Name.Named, N=Name.Print)


def opens_by_a_word(made: Pdf) -> None:
    made.Root.OpenAction = Name.Print


def hides_a_part(made: Pdf) -> None:
    _annotation(made, Subtype=Name.Link, A=Dictionary(S=Name.Hide, T=String("a")))


def a_page_of_the_web(made: Pdf) -> None:
    """An honest link: nothing happens until somebody presses it."""
    _annotation(made, Subtype=Name.Link, A=Dictionary(S=Name.URI, URI=String("https://dichvucong.gov.vn")))


def begins_at_its_page(made: Pdf) -> None:
    made.Root.OpenAction = Dictionary(S=Name.GoTo, D=Array([made.pages[0].obj, Name.Fit]))


def a_program(made: Pdf) -> None:
    made.Root.OpenAction = Dictionary(S=Name.Launch, F=String("calc.exe"))


def a_form_that_sends(made: Pdf) -> None:
    _annotation(made, Subtype=Name.Link, A=Dictionary(S=Name.SubmitForm, F=String("http://x")))


def a_form_that_fetches(made: Pdf) -> None:
    _annotation(made, Subtype=Name.Link, A=Dictionary(S=Name.ImportData, F=String("x.fdf")))


def a_living_form(made: Pdf) -> None:
    made.Root.AcroForm = Dictionary(Fields=Array([]), XFA=made.make_stream(b"<xdp/>"))


def another_file(made: Pdf) -> None:
    made.attachments["virus.exe"] = b"MZ"


def associated(made: Pdf) -> None:
    made.pages[0].AF = Array([Dictionary(Type=Name.Filespec, F=String("x.exe"))])


def paper_clip(made: Pdf) -> None:
    _annotation(made, Subtype=Name.FileAttachment)


def a_film(made: Pdf) -> None:
    _annotation(made, Subtype=Name.RichMedia)


def into_another(made: Pdf) -> None:
    _annotation(made, Subtype=Name.Link, A=Dictionary(S=Name.GoToE))


def onto_the_disk(made: Pdf) -> None:
    _annotation(made, Subtype=Name.Link, A=Dictionary(S=Name.GoToR, F=String("\\\\server\\share\\x.pdf")))


def _annotation(made: Pdf, **parts: Any) -> None:
    made.pages[0].Annots = Array([Dictionary(Type=Name.Annot, Rect=[0, 0, 9, 9], **parts)])


ACTING: dict[str, tuple[Callable[[Pdf], None], str]] = {
    "script when opened": (on_open, "pdf-script"),
    "script apart": (on_open_apart, "pdf-script"),
    "script among the names": (in_the_names, "pdf-script"),
    "script behind a link": (behind_a_link, "pdf-script"),
    "script without words": (without_its_script, "pdf-script"),
    "script deep inside": (deep_inside, "pdf-script"),
    "acts on a page": (on_a_page, "pdf-acts"),
    "opens a page of the web": (opens_a_page_of_the_web, "pdf-acts"),
    "opens a page of the web in the end": (begins_and_goes_on("/URI", URI=String("https://x")), "pdf-acts"),
    "turns pages in the end": (begins_and_goes_on("/Named", N=Name.Print), "pdf-acts"),
    "starts a program in the end": (begins_and_goes_on("/Launch", F=String("calc.exe")), "pdf-launch"),
    "link that goes on": (a_link_that_goes_on, "pdf-acts"),
    "prints itself": (prints_itself, "pdf-acts"),
    "opens by a word": (opens_by_a_word, "pdf-acts"),
    "hides a part": (hides_a_part, "pdf-acts"),
    "starts a program": (a_program, "pdf-launch"),
    "sends": (a_form_that_sends, "pdf-sends"),
    "fetches": (a_form_that_fetches, "pdf-sends"),
    "living form": (a_living_form, "pdf-form"),
    "embedded file": (another_file, "pdf-carries"),
    "associated file": (associated, "pdf-carries"),
    "paper clip": (paper_clip, "pdf-carries"),
    "film": (a_film, "pdf-film"),
    "into an embedded file": (into_another, "pdf-elsewhere"),
    "onto the disk": (onto_the_disk, "pdf-elsewhere"),
}
