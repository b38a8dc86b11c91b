"""What can be done with the organisation, units, people and accounts. Every write goes through here."""

from goldenthread.core.outbox import mail_is_set_up
from goldenthread.people.services.account import (
    Invitation,
    accept_invitation,
    deactivate_account,
    invite,
    invited,
    reactivate_account,
    set_reminders,
)
from goldenthread.people.services.colleagues import (
    Colleague,
    ColleagueResult,
    add_colleagues,
)
from goldenthread.people.services.deputy import end_deputy, name_deputy
from goldenthread.people.services.lines import find_loop, rebuild_closures
from goldenthread.people.services.loading import PersonRow, load_people, loops
from goldenthread.people.services.organisation import found_organisation
from goldenthread.people.services.passing_on import may_pass_on, require_pass_on
from goldenthread.people.services.person import (
    add_person,
    edit_person,
    grant_roles,
    leave,
    record_absence,
    remove_absence,
    set_manager,
    set_sponsor_flag,
    works_here,
)
from goldenthread.people.services.security import (
    add_app,
    add_passkey,
    remove_app,
    remove_passkey,
    remove_second_step,
    rename_passkey,
    renew_recovery_codes,
    sign_out,
    sign_out_everywhere,
)
from goldenthread.people.services.token import NewToken, make_token, note_use, revoke_token
from goldenthread.people.services.unit import (
    add_unit,
    add_units,
    edit_unit,
    end_unit,
    move_unit,
    set_unit_leader,
)

__all__ = [
    "Colleague",
    "ColleagueResult",
    "Invitation",
    "NewToken",
    "PersonRow",
    "accept_invitation",
    "add_app",
    "add_colleagues",
    "add_passkey",
    "add_person",
    "add_unit",
    "add_units",
    "deactivate_account",
    "edit_person",
    "edit_unit",
    "end_deputy",
    "end_unit",
    "find_loop",
    "found_organisation",
    "grant_roles",
    "invite",
    "invited",
    "leave",
    "load_people",
    "loops",
    "mail_is_set_up",
    "make_token",
    "may_pass_on",
    "move_unit",
    "name_deputy",
    "note_use",
    "reactivate_account",
    "rebuild_closures",
    "record_absence",
    "remove_absence",
    "remove_app",
    "remove_passkey",
    "remove_second_step",
    "rename_passkey",
    "renew_recovery_codes",
    "require_pass_on",
    "revoke_token",
    "set_manager",
    "set_reminders",
    "set_sponsor_flag",
    "set_unit_leader",
    "sign_out",
    "sign_out_everywhere",
    "works_here",
]
