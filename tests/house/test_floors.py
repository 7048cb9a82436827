"""Templates and links keep to the floors as imports do: a room knows itself and what lies lower."""

from flask import Flask

from tests.support import house

LINKING = ("see", "url_for")
SHOWING = ("page", "render")


def room_of_endpoint(app: Flask, endpoint: str) -> str | None:
    """The room whose views answer there; None if nobody does."""
    if endpoint not in app.view_functions:
        return None
    blueprint = endpoint.rpartition(".")[0]
    if not blueprint:
        return "shell"
    parts = app.blueprints[blueprint].import_name.split(".")
    return parts[1] if parts[0] == "webapp" else parts[0]


def wrong_link(app: Flask, room: str, endpoint: str | None) -> str | None:
    """What is wrong with a link from this room."""
    if endpoint is None:
        return "the endpoint is worked out; write it, or use path_for()"
    if endpoint.startswith("."):
        endpoint = f"{room}{endpoint}"
    target = room_of_endpoint(app, endpoint)
    if target is None:
        return f"nobody answers at {endpoint}"
    if house.may_see(room, target):
        return None
    return f"{room} must not know {endpoint}; use path_for() or a slot"


def test_a_template_takes_only_from_its_own_room_and_lower_ones(parsed):
    found = []
    for name, template in parsed.items():
        room = house.template_room(name)
        for line, target in house.references(template):
            place = f"{name}:{line}"
            if target is None:
                found.append(f"{place}: the template's name is worked out; write it")
            elif target not in parsed:
                found.append(f"{place}: there is no {target}")
            elif not house.may_see(room, house.template_room(target)):
                found.append(f"{place}: {room} must not know {target}")
    assert found == []


def test_a_template_links_only_to_its_own_room_and_lower_ones(started, parsed):
    found = []
    for name, template in parsed.items():
        for line, endpoint in house.template_calls(template, "url_for"):
            wrong = wrong_link(started, house.template_room(name), endpoint)
            found += [f"{name}:{line}: {wrong}"] if wrong else []
    assert found == []


def test_a_view_leads_only_to_its_own_room_and_lower_ones(started):
    found = []
    for path in house.python_files():
        room = house.room_of(path)
        for line, endpoint in house.called(path, *LINKING):
            if room == "shell" and endpoint is None:
                continue  # the shell's own helpers pass on what a room gave them
            wrong = wrong_link(started, room, endpoint)
            found += [f"{house.at(path, line)}: {wrong}"] if wrong else []
    assert found == []


def test_a_view_shows_only_templates_of_its_own_room_and_lower_ones(parsed):
    found = []
    for path in house.python_files():
        room = house.room_of(path)
        for line, name in house.called(path, *SHOWING):
            if name is None:
                continue  # a fragment chosen by the view; each candidate stands in the room all the same
            if name not in parsed:
                found.append(f"{house.at(path, line)}: there is no {name}")
            elif not house.may_see(room, house.template_room(name)):
                found.append(f"{house.at(path, line)}: {room} must not know {name}")
    assert found == []


def test_every_named_path_that_is_asked_for_is_defined(started, parsed):
    defined = started.extensions.get("motcua_paths", {})
    asked = {
        (name, f"{template}:{line}")
        for template, tree in parsed.items()
        for line, name in house.template_calls(tree, "path_for")
    } | {
        (name, house.at(path, line))
        for path in house.python_files()
        for line, name in house.called(path, "path_for")
    }
    assert sorted(place for name, place in asked if name is not None and name not in defined) == []
