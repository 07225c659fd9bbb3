"""The description is true: what it promises is answered, and nothing makes the program fail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode, checks
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from casework.api import ROOMS
from tests.api.test_walk import walked

if TYPE_CHECKING:
    from tests.api.conftest import Api

CHECKS = [
    checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
NAMES = [endpoint.name for room in ROOMS for endpoint in room.endpoints]
EXAMPLES = 3
ROWS = 3


@pytest.fixture(scope="module")
def lived_in(shared: Api) -> Api:
    """A world in which rows 1 of most nouns exist."""
    walked(shared)
    return shared


@pytest.fixture(scope="module")
def description(lived_in: Api) -> Any:
    """The document as a caller reads it, and the application that should keep it."""
    config = schemathesis.Config.from_dict({"generation": {"allow-x00": True}})
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", lived_in.app, config=config)


@pytest.mark.parametrize("mode", GenerationMode, ids=lambda mode: mode.value)
@pytest.mark.parametrize("name", NAMES)
def test_the_description_is_kept(
    name: str, mode: GenerationMode, lived_in: Api, description: Any
) -> None:
    """Data that fits and data that does not: no 500, no undescribed status, shape or type."""
    operation = description.find_operation_by_id(name)
    token = lived_in.tokens["registrar"]

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def keeps(case: schemathesis.Case[Any]) -> None:
        if mode is GenerationMode.POSITIVE:
            for parameter, value in case.path_parameters.items():
                if isinstance(value, int):
                    case.path_parameters[parameter] = value % ROWS + 1
        # The caller within the process does not unpack what is compressed.
        headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}
        case.call_and_validate(headers=headers, checks=CHECKS)

    keeps()


def test_the_description_is_of_its_version(shared: Api) -> None:
    """OpenAPI 3.1 with a bearer scheme, and every operation says who may."""
    document = shared.get(None, "/openapi.json").json
    assert document is not None
    assert document["openapi"].startswith("3.1")
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    for path in document["paths"].values():
        for operation in path.values():
            assert operation["description"].startswith("Scope: ")
            assert {"401", "403", "500"} <= operation["responses"].keys()
