"""A right names roles; a role is what somebody is here for."""

import pytest

from webapp.core.actor import SYSTEM, Actor, Channel, Role
from webapp.core.permissions import CITIZEN_SIDE, COUNTER_SIDE, Right


@pytest.fixture
def right():
    made = Right("test:look", "Look at something in a test.", frozenset({Role.RECEPTION, Role.MANAGER}))
    yield made
    del Right.all["test:look"]


def actor(role, *more):
    return Actor(role=role, channel=Channel.COUNTER, roles=frozenset(more))


def test_only_the_roles_of_the_right_may(right):
    assert right.allows(actor(Role.RECEPTION))
    assert right.allows(actor(Role.HELPER, Role.MANAGER))
    assert not right.allows(actor(Role.CASE))
    assert not right.allows(actor(Role.CITIZEN))
    assert not right.allows(SYSTEM)
    assert not right.allows(None)


def test_a_right_is_declared_once(right):
    with pytest.raises(ValueError, match="declared twice"):
        Right("test:look", "Again.", frozenset())


def test_nobody_stands_on_both_sides_of_the_desk():
    assert frozenset() == CITIZEN_SIDE & COUNTER_SIDE


def test_whoever_has_a_mandate_acts_for_another():
    assert not actor(Role.HELPER).acts_for_another
    assert Actor(role=Role.HELPER, channel=Channel.ASSISTED, mandate_id=1).acts_for_another


def test_an_actor_is_a_value_that_no_verb_changes():
    with pytest.raises(AttributeError):
        SYSTEM.role = Role.MANAGER
