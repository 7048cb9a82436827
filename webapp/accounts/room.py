"""How this room joins the app."""

from flask import Flask

from webapp.accounts import (
    cli,
    copying,
    demo,
    device_models,
    erase_cli,
    forgetting,
    fresh,
    kept,
    phone_models,
    sessions,
    staff_cli,
    staff_models,
)
from webapp.accounts.permissions import STAFF
from webapp.accounts.views import (
    again,
    approvals,
    bp,
    devices,
    enrol,
    log_in,
    manage,
    manage_staff,
    me,
    phones,
    recoveries,
    staff,
    staff_devices,
)
from webapp.accounts.views import register as registering
from webapp.core.actor import Role
from webapp.core.permissions import COUNTER_SIDE, MANAGE_SIDE
from webapp.core.text import N_
from webapp.shell import access, navigation, seeding, slots
from webapp.shell.navigation import NavItem

TABLES = (device_models, phone_models, staff_models)
COPIES, FORGETS = (copying,), (forgetting,)  # importing them is what makes them known
# Imported so that their routes hang on the blueprint.
PAGES = (
    log_in, again, approvals, devices, registering, staff, me, phones, recoveries, enrol, manage, manage_staff,
    staff_devices,
)  # fmt: skip


def register(app: Flask) -> None:
    sessions.register(app)
    kept.register(app)
    access.ask_again(app, fresh.require_fresh)
    slots.fill(app, "top_bar", again.warning)
    app.register_blueprint(bp.bp)
    app.cli.add_command(cli.demo_people)
    app.cli.add_command(cli.limits_command)
    app.cli.add_command(erase_cli.erase_command)
    app.cli.add_command(staff_cli.staff_cli)
    seeding.add(app, "people", demo.load_demo_people, demo_only=True)
    _desk_and_manage(app)
    navigation.define(app, log_in="/login", register="/register", me="/me", privacy="/privacy")
    navigation.add(
        app,
        [
            NavItem(N_("Me"), "/me", frozenset({Role.CITIZEN}), order=90, icon="id-badge"),
            NavItem(N_("My log-ins"), "/staff/devices", STAFF, order=95),
            NavItem(N_("Log in"), "/login", frozenset(), order=90, icon="lock"),
        ],
    )


def _desk_and_manage(app: Flask) -> None:
    """What staff see of this room: new phones at the counter, and the pages of managers and administrators."""
    slots.fill(app, "counter_home", recoveries.counter_card)
    manager, desk = frozenset(MANAGE_SIDE), frozenset(COUNTER_SIDE)
    navigation.add(
        app,
        [
            NavItem(N_("New phones"), "/counter/recoveries", desk, order=70, icon="phone"),
            NavItem(N_("Manage"), "/manage", manager, order=80, icon="users"),
            NavItem(
                N_("Staff"), "/manage/staff", manager, order=10, icon="users",
                note=N_("Who works where and as what; lost phones and passwords"),
            ),
            NavItem(
                N_("Two people"), "/manage/approvals", frozenset({Role.ADMIN}), order=95, icon="users",
                note=N_("What one of you asked for and another one decides"),
            ),
            NavItem(
                N_("Phone and person do not fit"), "/manage/phone-mismatches", manager, order=90, icon="phone",
                note=N_("How often, and why"),
            ),
        ],
    )  # fmt: skip
