"""Where events may go: never to private addresses, whatever a name stands for, unless a setting allows it."""

import ipaddress
import socket
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldenthread.core.errors import DomainError
from goldenthread.interchange.webhooks import addresses
from goldenthread.interchange.webhooks.addresses import NotThere, checked, is_public, target_of
from goldenthread.interchange.webhooks.sending import post
from tests.interchange.receiving import Receiver, make_certificate

PRIVATE = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.2.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
]
PRIVATE_6 = [
    "::1/128",
    "::/128",
    "fe80::/10",
    "fc00::/7",
    "ff00::/8",
    "fec0::/10",
    "2001:db8::/32",
    "2001::/32",
]
PUBLIC = [ipaddress.ip_address(one) for one in ("93.184.216.34", "8.8.8.8", "2606:4700::1111")]


@given(st.sampled_from(PRIVATE).flatmap(lambda one: st.ip_addresses(v=4, network=one)))
def test_no_private_address_is_public_nor_what_carries_it(one: ipaddress.IPv4Address) -> None:
    number = int(one)
    carried = [
        ipaddress.IPv6Address(0xFFFF << 32 | number),  # mapped
        ipaddress.IPv6Address(number),  # compatible
        ipaddress.IPv6Address((0x64FF9B << 96) | number),  # NAT64
        ipaddress.IPv6Address((0x2002 << 112) | (number << 80)),  # 6to4
    ]
    assert not is_public(one)
    assert not any(map(is_public, carried))


@given(st.sampled_from(PRIVATE_6).flatmap(lambda one: st.ip_addresses(v=6, network=one)))
def test_no_private_address_of_version_six_is_public(one: ipaddress.IPv6Address) -> None:
    assert not is_public(one)


def test_public_ones_are() -> None:
    assert all(map(is_public, PUBLIC))


class Names:
    """A name server of the test."""

    def __init__(self, **known: list[str]) -> None:
        self.known, self.asked = known, 0

    def __call__(self, host: str, port: int, **given: Any) -> list[Any]:
        self.asked += 1
        found = self.known.get(host.replace(".", "_"))
        if found is None:
            raise socket.gaierror
        return [(0, 0, 0, "", (one, port)) for one in found]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    server = Names(
        good_example=["93.184.216.34", "2606:4700::1111"],
        mixed_example=["93.184.216.34", "10.0.0.7"],
        inside_example=["10.0.0.7"],
        loop_example=["127.0.0.1"],
    )
    monkeypatch.setattr(addresses.socket, "getaddrinfo", server)
    return server


def test_every_address_of_a_name_is_checked(names: Names) -> None:
    assert checked(target_of("https://good.example/")) == ["93.184.216.34", "2606:4700::1111"]
    for host in ("mixed", "inside", "loop"):
        with pytest.raises(NotThere, match="private address"):
            checked(target_of(f"https://{host}.example/"))
    with pytest.raises(NotThere, match="There is no nobody"):
        checked(target_of("https://nobody.example/"))
    with pytest.raises(NotThere, match="https only"):
        checked(target_of("http://good.example/"))


def test_a_setting_lets_hosts_and_networks_be_reached(names: Names, settings: Any) -> None:
    settings.WEBHOOK_ALLOWED = ["10.0.0.0/24", "loop.example"]
    assert checked(target_of("http://inside.example/")) == ["10.0.0.7"]
    assert checked(target_of("http://loop.example/")) == ["127.0.0.1"]
    assert checked(target_of("https://mixed.example/")) == ["93.184.216.34", "10.0.0.7"]
    settings.WEBHOOK_ALLOWED = ["10.0.1.0/24"]
    with pytest.raises(NotThere):
        checked(target_of("http://inside.example/"))


def test_an_address_in_the_url_itself_is_checked_too() -> None:
    for host in (
        "127.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "2130706433",
        "0x7f.1",
        "0",
        "localhost",
    ):
        with pytest.raises(NotThere):
            checked(target_of(f"https://{host}/"))


@pytest.mark.parametrize(
    "url",
    [
        "ftp://x.example/",
        "x.example",
        "https://",
        "https://u:p@x.example/",
        "https://x.example/a b",
        "https://x.example:99999/",
        "https://x.example/\r\nHost: y",
        "file:///etc/passwd",
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(DomainError):
        target_of(url)


def test_the_connection_is_made_to_what_was_checked_under_the_name_of_the_host(
    settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A name that turns to another address after it was checked leads nowhere; its certificate must be its own."""
    certificate = make_certificate(tmp_path / "certificate.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    settings.WEBHOOK_ALLOWED = ["127.0.0.0/8"]
    receiver = Receiver(certificate)
    real, asked = socket.getaddrinfo, []

    def turns(host: str, *given: Any, **more: Any) -> Any:
        asked.append(host)
        if host == "turns.example":
            host = "127.0.0.1" if len(asked) == 1 else "127.0.0.2"
        return real(host, *given, **more)

    monkeypatch.setattr(socket, "getaddrinfo", turns)
    try:
        assert post(target_of(receiver.url), b"{}", "msg_1", []).status == 204
        asked.clear()
        other = receiver.url.replace("127.0.0.1", "turns.example")
        answer = post(target_of(other), b"{}", "msg_2", [])
        assert "certificate is not accepted" in answer.error
        assert asked.count("turns.example") == 1
        assert len(receiver.received) == 1
    finally:
        receiver.stop()
