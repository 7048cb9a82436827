"""What happened, as values. An event carries public ids only: no names, numbers or texts of people."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, TypeVar


@dataclass(frozen=True)
class Event:
    """Base of all events; its type name is its class name."""

    # What is worth nothing after a few minutes (a one-time code) goes by a lane of its own through the outbox.
    urgent: ClassVar[bool] = False

    @classmethod
    def type_name(cls) -> str:
        return cls.__name__

    def payload(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Handler:
    """One listener. `outside` ones call a partner: they get no open transaction (they open their own, short ones)."""

    name: str
    event: type[Event]
    run: Callable[..., None]
    outside: bool = False


E = TypeVar("E", bound=Event)
_events: dict[str, type[Event]] = {}
_handlers: dict[str, Handler] = {}


def event(cls: type[E]) -> type[E]:
    """Class decorator: make the type known by name, so that a stored row finds its class."""
    _events[cls.type_name()] = cls
    return cls


def on(
    event_class: type[Event], name: str, *, outside: bool = False
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a handler. Named, because stored deliveries refer to it after a restart."""

    def register(function: Callable[..., None]) -> Callable[..., None]:
        _handlers[name] = Handler(name, event_class, function, outside)
        return function

    return register


def handlers_of(event_class: type[Event]) -> list[Handler]:
    return [h for h in _handlers.values() if h.event is event_class]


def handler(name: str) -> Handler | None:
    return _handlers.get(name)


def rebuild(type_name: str, payload: dict[str, Any]) -> Event:
    """The event of a stored row."""
    return _events[type_name](**payload)


def catalogue() -> list[tuple[str, str, list[str]]]:
    """(event, sentence, handlers) for `flask events`."""
    return [
        (name, (cls.__doc__ or "").strip().splitlines()[0], [h.name for h in handlers_of(cls)])
        for name, cls in sorted(_events.items())
    ]
