"""Small pieces: what does not fit on a screen is not read, and what is not read goes wrong."""

from tests.support import house

MODULE, FUNCTION, VIEW = 400, 60, 25
# "path" or "path:function" → why it may be longer. Think twice: the next reader will have to.
EXCEPTIONS: dict[str, str] = {}


def sources() -> list:
    return [*house.python_files(), *house.python_files("tests"), house.ROOT / "wsgi.py"]


def test_a_module_has_at_most_400_lines():
    long = {
        str(path.relative_to(house.ROOT)): count
        for path in sources()
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > MODULE
    }
    assert {name: n for name, n in long.items() if name not in EXCEPTIONS} == {}


def test_a_function_has_at_most_60_lines_and_a_view_25():
    found = {}
    for path in sources():
        for function in house.functions(path):
            limit = VIEW if house.is_view(function) else FUNCTION
            name = f"{path.relative_to(house.ROOT)}:{function.name}"
            if house.length(function) > limit and name not in EXCEPTIONS:
                found[name] = f"{house.length(function)} lines, at most {limit}"
    assert found == {}


def test_no_exception_is_kept_longer_than_it_is_needed():
    for name in EXCEPTIONS:
        file, _, function = name.partition(":")
        path = house.ROOT / file
        assert path.exists(), name
        if function:
            assert any(
                f.name == function and house.length(f) > (VIEW if house.is_view(f) else FUNCTION)
                for f in house.functions(path)
            ), f"{name} fits now"
        else:
            assert len(path.read_text(encoding="utf-8").splitlines()) > MODULE, f"{name} fits now"
