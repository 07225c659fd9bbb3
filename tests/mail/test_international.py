"""A local part that is not ASCII (RFC 6531) is taken where the mail server takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from casework.addresses import checked_address, is_usable, rely_on
from casework.errors import Invalid
from casework.mail.addresses import Mailbox
from casework.mail.delivery import deliver
from casework.mail.offer import Offer
from casework.mail.transports import open_transport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from casework.db import Database
    from casework.mail.models import Message

pytestmark = pytest.mark.smtp

ADDRESS = "åsa.öberg@example.org"


@pytest.fixture(autouse=True)
def _afterwards() -> Iterator[None]:
    """Other tests rely on no server."""
    yield
    rely_on(lambda: False)


def read_nothing(_digest: str) -> bytes:
    raise AssertionError


@pytest.mark.parametrize("offered", [True, False])
def test_the_address_is_taken_if_the_server_takes_it(
    serve: Callable[..., Any], offered: bool
) -> None:
    """The server is asked once in a while, not for each address."""
    with serve(enable_SMTPUTF8=offered) as server:
        rely_on(Offer(f"smtp://127.0.0.1:{server.port}"))
        assert is_usable(ADDRESS) is offered
        assert is_usable("registrator@example.org")
    assert is_usable(ADDRESS) is offered
    if offered:
        assert checked_address("åsa.öberg@exämple.org") == "åsa.öberg@xn--exmple-cua.org"


def test_who_cannot_be_asked_has_promised_nothing(tmp_path: Path) -> None:
    """A folder, and a server that does not answer."""
    for url in (f"file:{tmp_path}", "smtp://127.0.0.1:1"):
        rely_on(Offer(url))
        with pytest.raises(Invalid, match="mail_address_wrong"):
            checked_address(ADDRESS)


def test_the_letter_arrives(
    serve: Callable[..., Any],
    database: Database,
    post: Callable[..., Message],
    moment: datetime,
) -> None:
    """Its header holds the address as it is, and the name beside it as everywhere."""
    with serve(enable_SMTPUTF8=True) as server:
        url = f"smtp://127.0.0.1:{server.port}"
        rely_on(Offer(url))
        post(to_name="Åsa Öberg", to_address=ADDRESS, cc=[Mailbox("Ängla", "ängla@example.org")])
        result = deliver(database, open_transport(url), read_nothing, moment)
    assert len(result.sent) == 1
    assert server.recipients == [[ADDRESS, "ängla@example.org"]]
    assert server.letters[0]["To"] == f"Åsa Öberg <{ADDRESS}>"
    assert server.letters[0]["Subject"] == "Ämnet"


@pytest.mark.parametrize("offered", [True, False])
def test_an_address_to_answer_to_needs_the_server_too(
    serve: Callable[..., Any],
    database: Database,
    post: Callable[..., Message],
    moment: datetime,
    offered: bool,
) -> None:
    """It stands in the letter's head alone, which is UTF-8 by it (RFC 6531, 3.1); the address of
    the group's owner is written as in a link (RFC 6068)."""
    rely_on(lambda: True)
    post(reply_to=ADDRESS, group_name="Kommunerna")
    with serve(enable_SMTPUTF8=offered) as server:
        url = f"smtp://127.0.0.1:{server.port}"
        result = deliver(database, open_transport(url), read_nothing, moment)
    assert [bool(result.sent), bool(result.failed)] == [offered, not offered]
    for letter in server.letters:
        assert letter["Reply-To"] == ADDRESS
        assert letter["List-Owner"] == "<mailto:%C3%A5sa.%C3%B6berg@example.org>"
    assert server.options == [["SMTPUTF8", "BODY=8BITMIME"]] * offered
    assert all(ADDRESS in each.error("sv") for each in result.failed)


def test_a_server_that_no_longer_takes_it_fails_that_letter_alone(
    serve: Callable[..., Any],
    database: Database,
    post: Callable[..., Message],
    moment: datetime,
) -> None:
    """It was taken when it was typed; the others go on."""
    rely_on(lambda: True)
    post("dispatch:1", to_address=ADDRESS)
    post("dispatch:2")
    with serve(enable_SMTPUTF8=False) as server:
        url = f"smtp://127.0.0.1:{server.port}"
        result = deliver(database, open_transport(url), read_nothing, moment)
    assert [each.to_address for each in result.sent] == ["registrator@example.org"]
    [failed] = result.failed
    assert failed.error("sv") == (
        f"E-postservern tar inte emot adressen {ADDRESS}: den har tecken före @ som servern inte"
        " klarar."
    )
