"""What is done with a decision, over the API: taken on, decided, looked back on, put off, withdrawn."""

from goldenthread.core.api.room import Room
from goldenthread.core.api.types import Id, found
from goldenthread.core.api.versions import version_seen
from goldenthread.core.errors import DomainError
from goldenthread.people.access import PersonRequest
from goldenthread.tradeoffs import services
from goldenthread.tradeoffs.api.decisions import decision_of, shown
from goldenthread.tradeoffs.api.shapes import (
    Choice,
    DecisionOut,
    LookBack,
    LookLater,
    Withdrawal,
)

room = Room("Decisions")


@room.changing("/decisions/{decision_id}/decide", DecisionOut, method="POST")
def decide_decision(request: PersonRequest, decision_id: Id, sent: Choice) -> DecisionOut:
    """Choose, and say what is given up and when to look again.

    Who decides.
    """
    one = decision_of(request, decision_id)
    version = version_seen(request, one)
    given = sent.given()
    option = found(one.options.all(), given.pop("choice_id", None), "choice_id")
    words = given.pop("choice", None)
    if (option is None) == (words is None):
        raise DomainError("Name an option by its id, or another one in words.", "choice")
    services.decide(
        actor=request.person, decision=one, version=version, choice=option or words, **given
    )
    return shown(request, decision_id)


@room.changing("/decisions/{decision_id}/look-back", DecisionOut, method="POST")
def look_back_on_decision(request: PersonRequest, decision_id: Id, sent: LookBack) -> DecisionOut:
    """Say what happened, whether it is what was expected, and what was learnt.

    Who decided.
    """
    one = decision_of(request, decision_id)
    version = version_seen(request, one)
    services.look_back(actor=request.person, decision=one, version=version, **sent.given())
    return shown(request, decision_id)


@room.changing("/decisions/{decision_id}/look-later", DecisionOut, method="POST")
def put_off_decision(request: PersonRequest, decision_id: Id, sent: LookLater) -> DecisionOut:
    """Put off the look back where it is too early to tell.

    Who decided.
    """
    one = decision_of(request, decision_id)
    version = version_seen(request, one)
    services.look_again_later(actor=request.person, decision=one, version=version, **sent.given())
    return shown(request, decision_id)


@room.changing("/decisions/{decision_id}/withdraw", DecisionOut, method="POST")
def withdraw_decision(request: PersonRequest, decision_id: Id, sent: Withdrawal) -> DecisionOut:
    """Withdraw a question that nobody needs to decide any more.

    Its author or decider.
    """
    one = decision_of(request, decision_id)
    version = version_seen(request, one)
    services.withdraw_decision(actor=request.person, decision=one, version=version, **sent.given())
    return shown(request, decision_id)


@room.changing("/decisions/{decision_id}/confirm", DecisionOut, method="POST")
def confirm_decision(request: PersonRequest, decision_id: Id) -> DecisionOut:
    """Take on a decision that an import brought in.

    Who decides, or has decided, it.
    """
    one = decision_of(request, decision_id)
    version = version_seen(request, one)
    services.confirm_decision(actor=request.person, decision=one, version=version)
    return shown(request, decision_id)
