"""The registrar is told, on the page and over the API, when the clock has been set back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from casework.matters.service import register

from .test_printed import region, registered, registrar_of

if TYPE_CHECKING:
    from tests.api.conftest import Api

__all__ = ["region"]


def test_a_clock_set_back_is_told(region: Api) -> None:
    """A matter of next year stands in the register: those of today come after it."""
    casework, world = region.casework, region.world
    assert region.registered()["clock_was_behind"] is False
    ahead = casework.now() + timedelta(days=400)
    with casework.acting(world.organisation_id, moment=ahead) as context:
        body = context.session.merge(world.committee)
        latest = register(context, kind="decision", title="I fjol", body=body).registered_on
    after = region.registered()
    assert (after["clock_was_behind"], after["registered_on"]) == (True, latest.isoformat())
    assert after["registration_number"] == f"RUN/2/{latest.year}"
    client = registrar_of(region)
    told = client.get(registered(region, client, "Ny bro").location).text
    assert f"registrerat {latest.isoformat()}. Ärendet har fått den dagen" in told
    assert f"RUN/3/{latest.year}" in told
