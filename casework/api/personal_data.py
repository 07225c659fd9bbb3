"""What is kept about a person, for whoever asks for it (GDPR art. 15)."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from casework.api.endpoint import File, Room
from casework.api.people import read_person
from casework.personal_data.service import extract

if TYPE_CHECKING:
    from casework.api.endpoint import Call

room = Room("personal data")


@room.post(
    "/persons/<row:row_id>/extract",
    "Everything that is kept about the person, as JSON; that it was made is on record.",
    who="The person, and the administrators.",
    is_kept=False,
    errors=(404,),
)
def make_extract(call: Call, row_id: int) -> File:
    person = read_person(call, row_id)
    made = extract(call.begin(), person)
    content = json.dumps(made, ensure_ascii=False, indent=1).encode()
    name = f"registerutdrag-{person.id}-{call.context.today.isoformat()}.json"
    return File(content, "application/json", name, hashlib.sha256(content).hexdigest())
