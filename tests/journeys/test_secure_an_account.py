"""Somebody protects their account: a passkey of the device, an app on the phone, codes on paper."""

import re

from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import cache

from goldenthread.demo.tables.organisation import PASSWORD
from tests.journeys.conftest import Arrive
from tests.journeys.visitor import Visitor

MARTA, LENA = "Marta Lindqvist", "Lena Kovač"


def has_a_finger_reader(visitor: Visitor) -> None:
    """From now on the browser holds passkeys, and whoever sits before it touches the reader when asked."""
    devices = visitor.browser.new_cdp_session(visitor.page)
    devices.send("WebAuthn.enable")
    reader = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": reader})


def goes_to_security(visitor: Visitor) -> None:
    visitor.opens("/account/").follows("Passkeys, codes and where you are signed in")


def confirms(visitor: Visitor) -> None:
    visitor.sees("Is it you?").fills_in("Password", PASSWORD).presses("Go on")


def signs_out(visitor: Visitor) -> None:
    visitor.opens("/account/").presses("Sign out of this browser")


def test_with_a_passkey_no_password_is_typed(demo: None, arrive: Arrive) -> None:
    marta = arrive()
    has_a_finger_reader(marta)
    marta.signs_in(MARTA)
    goes_to_security(marta)
    marta.sees("Whoever knows your password gets in", "this one").follows("Add a passkey")
    confirms(marta)
    marta.fills_in("Name", "Laptop").presses("Add a passkey")
    marta.sees("The passkey Laptop is added", "they are shown only now")
    codes = re.findall(r"\b\d{8}\b", marta.main.inner_text())
    assert len(codes) == 10
    marta.presses("I have kept them").sees("A password alone lets nobody in", "not used yet")
    marta.looks_round(again=True)

    signs_out(marta)
    marta.opens("/strategy/").presses("Sign in with a passkey")
    marta.page.wait_for_url(re.compile(r"^[^?]*/strategy/$"))
    marta.looks_round()
    goes_to_security(marta)
    marta.sees("last used")
    marta.follows("Change Laptop")
    confirms(marta)
    marta.fills_in("Name", "Old laptop").presses("Save the name").sees("Old laptop")

    stranger = arrive(width=390)
    has_a_finger_reader(stranger)
    stranger.signs_in(MARTA).sees("And now the second step")
    stranger.presses("Use a passkey").sees("Nothing was chosen, or it took too long")
    with stranger.is_refused(422):
        stranger.fills_in("Code", "00000000").presses("Sign in with the code")
        stranger.sees("This code is not right")
    stranger.fills_in("Code", codes[0]).presses("Sign in with the code").looks_round()
    assert stranger.path == "/"
    goes_to_security(marta)
    marta.sees("9 codes").presses("Sign out everywhere else").sees("signed out everywhere else")
    stranger.opens("/objectives/").sees("Sign in")
    assert stranger.path == "/accounts/login/"


def test_an_app_on_the_phone_shows_the_codes(demo: None, arrive: Arrive) -> None:
    lena = arrive(width=390, height=844, dark=True)
    lena.signs_in(LENA)
    goes_to_security(lena)
    lena.follows("Set up an app")
    confirms(lena)
    secret = lena.main.locator(".secret").inner_text().replace(" ", "")

    def code() -> str:
        cache.clear()  # a code works once, and the next one is half a minute away
        return format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[1]))

    lena.fills_in("Code", code()).presses("Set it up").sees("The authenticator app is set up")
    lena.presses("I have kept them")
    signs_out(lena)
    lena.signs_in(LENA).sees("And now the second step")
    lena.fills_in("Code", code()).presses("Sign in with the code")
    lena.looks_round()
    assert lena.path == "/"
    goes_to_security(lena)
    lena.follows("Remove it").sees("Is it you?").follows("Use a code")
    lena.fills_in("Code", code()).presses("Go on")
    lena.sees("the password alone").presses("Remove it").sees("The authenticator app is removed")
