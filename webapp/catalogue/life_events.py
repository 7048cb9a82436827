"""The things that happen in a life and bring people here: how the home page and the list are ordered."""

from dataclasses import dataclass

from webapp.core.text import Text


@dataclass(frozen=True)
class LifeEvent:
    """One of them, with the picture of its tile."""

    key: str
    title: Text
    icon: str


EVENTS = {
    event.key: event
    for event in (
        LifeEvent("birth", Text("A child is born"), "baby-carriage"),
        LifeEvent("marriage", Text("Getting married"), "heart-handshake"),
        LifeEvent("death", Text("A relative has died"), "grave-2"),
        LifeEvent("home", Text("Home and residence"), "home"),
        LifeEvent("land", Text("Land"), "map-pin"),
        LifeEvent("papers", Text("Copies and certificates"), "rubber-stamp"),
        LifeEvent("id_card", Text("Identity card and driving licence"), "id-badge"),
        LifeEvent("support", Text("Allowances and support"), "users"),
        LifeEvent("business", Text("Business"), "building-store"),
        LifeEvent("health", Text("Health insurance"), "file-check"),
    )
}
