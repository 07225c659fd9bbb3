"""Bad input gets its one clear sentence as problem+json, and changes nothing."""

from __future__ import annotations

import io
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from casework.api import init_api
from casework.api.callers import Window

if TYPE_CHECKING:
    from pathlib import Path

    from werkzeug.test import TestResponse

    from tests.api.conftest import Api

DOCX_PART = "word/document.xml"


def refused(answer: TestResponse, status: int, code: str) -> Any:
    """The problem, which must be of this status and code, with a sentence."""
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    assert answer.json is not None
    assert (answer.json["status"], answer.json["code"]) == (status, code)
    assert answer.json["detail"][-1] in ".?"
    assert "Traceback" not in answer.text
    return answer.json


@pytest.fixture
def matter(shared: Api) -> Any:
    return shared.assigned()


class Watched(io.FileIO):
    """A file that counts what is read of it."""

    taken = 0

    def readinto(self, buffer: Any) -> int:
        self.taken += len(buffer)
        return super().readinto(buffer) or 0


class TestSteps:
    """Taking a step of a matter."""

    def test_an_unknown_trigger_does_not_exist(self, shared: Api, matter: Any) -> None:
        """A misspelt step is told by its name."""
        answer = shared.post("officer", f"/matters/{matter['id']}/actions/submitt", {})
        assert "submitt" in refused(answer, 404, "trigger_unknown")["detail"]

    def test_a_wrong_state_is_a_conflict(self, shared: Api, matter: Any) -> None:
        """What cannot be done from here says where the matter is."""
        answer = shared.post("secretary", f"/matters/{matter['id']}/actions/dispatch", {})
        [blocker] = refused(answer, 409, "blocked")["blockers"]
        assert blocker["code"] == "wrong_state"

    def test_a_missing_role_is_forbidden(self, shared: Api, matter: Any) -> None:
        """The role alone in the way is 403."""
        answer = shared.post(
            "registrar", f"/matters/{shared.registered()['id']}/actions/strike_off", {"input": {}}
        )
        refused(answer, 422, "input_missing")
        answer = shared.post(
            "secretary", f"/matters/{matter['id']}/actions/withdraw", {"input": {"reason": "x"}}
        )
        [blocker] = refused(answer, 403, "blocked")["blockers"]
        assert blocker["code"] == "role_missing"

    def test_every_blocker_is_told_at_once_in_both_languages(
        self, shared: Api, matter: Any
    ) -> None:
        """All that is lacking, with statute and place, in the language that is asked for."""
        address = f"/matters/{matter['id']}/actions"
        told: dict[str, Any] = {}
        for language in ("sv", "en"):
            headers = {"Accept-Language": language}
            listed = shared.get("officer", address, headers=headers).json
            assert listed is not None
            [submit] = [each for each in listed["actions"] if each["trigger"] == "submit"]
            assert submit["open"] is False
            answer = shared.post("officer", f"{address}/submit", {}, headers=headers)
            assert refused(answer, 409, "blocked")["blockers"] == submit["blockers"]
            told[language] = submit["blockers"]
        codes = [blocker["code"] for blocker in told["sv"]]
        assert codes == [
            "text_missing",
            "decision_points_missing",
            "signatories_missing",
            "recipients_missing",
        ]
        assert told["sv"][1]["statute"] == "KL 6:4"
        assert told["sv"][1]["place"] == "#decision-points"
        assert told["sv"][1]["sentence"] == "Förslaget saknar beslutspunkter."
        assert told["en"][1]["sentence"] == "The proposal has no decision points."

    @pytest.mark.parametrize(
        ("given", "code"),
        [
            ({}, "input_missing"),
            ({"case_officer": "nobody"}, "input_wrong"),
            ({"case_officer": 10**30}, "input_wrong"),
            ({"case_officer": 999_999}, "person_unknown"),
            ({"case_officer": 1, "hat": "red"}, "input_unknown"),
        ],
    )
    def test_input_is_judged(self, shared: Api, given: Any, code: str) -> None:
        """Missing, unknown and impossible input each have their own sentence."""
        matter = shared.registered()
        answer = shared.post(
            "registrar", f"/matters/{matter['id']}/actions/assign", {"input": given}
        )
        refused(answer, 422, code)
        now = shared.get("registrar", f"/matters/{matter['id']}").json
        assert now == matter


class TestVersions:
    """Two people at once."""

    def test_of_two_at_once_one_is_told(self, api: Api) -> None:
        """One text is kept; the other writer is told how it reads now, and can try again."""
        matter = api.assigned()
        at = f"/matters/{matter['id']}"

        def write(title: str) -> TestResponse:
            return api.patch("officer", at, {"title": title}, matter["version"])

        with ThreadPoolExecutor(2) as both:
            answers = list(both.map(write, ["Den ena", "Den andra"]))
        kept, told = sorted(answers, key=lambda answer: answer.status_code)
        assert kept.status_code == 200
        assert kept.json is not None
        problem = refused(told, 412, "stale")
        assert problem["current"] == kept.json
        assert kept.headers["ETag"] == f'"{problem["current"]["version"]}"'
        assert api.patch("officer", at, {"title": "Igen"}, kept.json["version"]).status_code == 200

    def test_a_stale_step_is_refused(self, shared: Api, matter: Any) -> None:
        """A step may say which version it was decided upon."""
        answer = shared.post(
            "registrar",
            f"/matters/{matter['id']}/actions/strike_off",
            {"input": {"reason": "Dubblett"}},
            headers={"If-Match": '"1"'},
        )
        assert refused(answer, 412, "stale")["current"]["state"] == "in_preparation"

    def test_a_change_must_say_which_version(self, shared: Api, matter: Any) -> None:
        """Without If-Match nobody knows what is overwritten."""
        answer = shared.patch("officer", f"/matters/{matter['id']}", {"title": "Ny"})
        refused(answer, 428, "if_match_missing")

    @pytest.mark.parametrize("header", ['"x"', "17", '"0"', '"999999"', 'W/"2"'])
    def test_a_version_that_is_none_is_stale(self, shared: Api, matter: Any, header: str) -> None:
        """A made-up ETag never matches."""
        answer = shared.call(
            "PATCH",
            "officer",
            f"/matters/{matter['id']}",
            {"recipients": ["Länsstyrelsen"]},
            headers={"If-Match": header},
        )
        refused(answer, 412, "stale")

    def test_what_is_known_is_not_sent_again(self, shared: Api, matter: Any) -> None:
        """If-None-Match with the version that stands is 304 without a body."""
        at = f"/matters/{matter['id']}"
        tag = shared.get("officer", at).headers["ETag"]
        again = shared.get("officer", at, headers={"If-None-Match": tag})
        assert (again.status_code, again.data) == (304, b"")
        assert shared.get("officer", at, headers={"If-None-Match": '"1"'}).status_code == 200


class TestContent:
    """What is sent."""

    @pytest.mark.parametrize(
        "body", [b"", b"{", b'{"title": ', b"\xff\xfe", b"[" * 100_000, b'{"a": "' + b"\\ud8"]
    )
    def test_unreadable_json_is_a_bad_request(self, shared: Api, body: bytes) -> None:
        """What is no JSON is told as such."""
        answer = shared.post("registrar", "/matters", data=body, content_type="application/json")
        refused(answer, 400, "json_unreadable")

    @pytest.mark.parametrize("media_type", ["text/plain", "application/xml", None])
    def test_another_type_is_not_read(self, shared: Api, media_type: str | None) -> None:
        """Only JSON is read where JSON is wanted."""
        answer = shared.post("registrar", "/matters", data=b"{}", content_type=media_type)
        refused(answer, 415, "json_wanted")

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({}, "title"),
            ({"kind": "decision", "title": "X", "body_id": 1, "colour": "red"}, "colour"),
            ({"kind": "A poem", "title": "X", "body_id": 1}, "kind"),
            ({"kind": "decision", "title": "X" * 501, "body_id": 1}, "title"),
            ({"kind": "decision", "title": "X", "body_id": 10**40}, "body_id"),
            ({"kind": "decision", "title": "X", "body_id": True}, "body_id"),
            ({"kind": "decision", "title": None, "body_id": 1}, "title"),
            ([], "_schema"),
            (7, "_schema"),
        ],
    )
    def test_each_wrong_field_is_named(self, shared: Api, body: Any, field: str) -> None:
        """The sentence names the fields, `errors` says what is wrong with each."""
        answer = shared.post(
            "registrar", "/matters", data=json.dumps(body), content_type="application/json"
        )
        problem = refused(answer, 422, "fields_wrong")
        assert field in problem["errors"]
        assert field in problem["detail"]

    def test_a_row_that_is_named_must_exist(self, shared: Api, matter: Any) -> None:
        """An unknown body, person or address book entry is 404, and nothing is kept."""
        body = {"kind": "decision", "title": "X", "body_id": 999_999}
        refused(shared.post("registrar", "/matters", body), 404, "not_found")
        points = {"points": [{"text": "Bifall", "assignee_id": 999_999}]}
        answer = shared.patch("officer", f"/matters/{matter['id']}", points, matter["version"])
        refused(answer, 404, "person_unknown")

    def test_an_unknown_recipient_is_told(self, shared: Api, matter: Any) -> None:
        """A recipient whom nobody knows stands unsettled; one not on the list is 404."""
        at = f"/matters/{matter['id']}"
        shared.patch("officer", at, {"recipients": ["Månens kommun"]}, "*")
        shared.call(
            "PATCH", "officer", at, {"recipients": ["Månens kommun"]}, headers={"If-Match": "*"}
        )
        settled = shared.post("officer", f"{at}/recipients/settle", {})
        assert settled.json is not None
        assert [each["is_settled"] for each in settled.json["recipients"]] == [False]
        unknown = {"meanings": [{"name": "Solens kommun", "recipient_id": 1}]}
        answer = shared.post("officer", f"{at}/recipients/settle", unknown)
        refused(answer, 404, "recipient_not_listed")
        missing = {"meanings": [{"name": "Månens kommun", "recipient_id": 999_999}]}
        answer = shared.post("officer", f"{at}/recipients/settle", missing)
        refused(answer, 404, "entry_unknown")
        by_hand = {"meanings": [{"name": "Månens kommun", "recipient_id": 1}]}
        settled = shared.post("officer", f"{at}/recipients/settle", by_hand)
        assert settled.json is not None
        assert settled.json["recipients"][0]["recipient_id"] == 1


class TestFiles:
    """What is uploaded."""

    def upload(self, shared: Api, content: bytes, filename: str, **fields: Any) -> TestResponse:
        body_id = str(shared.world.committee.id)
        data = {"file": (io.BytesIO(content), filename), "body_id": body_id} | fields
        return shared.post("registrar", "/matters/from-document", data=data)

    def test_a_document_becomes_a_matter(self, shared: Api) -> None:
        """Its text, points and recipients are the matter's, and the file is its first document."""
        text = (
            "Tjänsteskrivelse\n\nBelysning i Österängsparken\n\nFörslag till beslut\n\n"
            "1. Nämnden godkänner planen för belysning i parken.\n"
            "2. Nämnden ger förvaltningen i uppdrag att genomföra planen.\n\n"
            "Beslutet skickas till\n\nBergs kommun\n"
        )
        answer = self.upload(shared, text.encode(), "belysning.txt")
        assert answer.status_code == 201, answer.text
        assert answer.json is not None
        assert [point["text"] for point in answer.json["points"]] == [
            "Nämnden godkänner planen för belysning i parken.",
            "Nämnden ger förvaltningen i uppdrag att genomföra planen.",
        ]
        kept = shared.get("registrar", f"/matters/{answer.json['id']}/documents").json
        assert kept is not None
        assert [each["filename"] for each in kept["items"]] == ["belysning.txt"]

    def test_a_document_is_read_before_it_is_registered(self, shared: Api) -> None:
        """What it says, where, and how surely; then the same file with what a person chose."""
        text = "§ 9\nDnr RUN/4/2026\n\nBeslut\n\n1. Ån rensas.\n\nDelges\n\nÅse bygdegille\n"
        body_id = str(shared.world.committee.id)
        data = {"file": (io.BytesIO(text.encode()), "a.txt"), "body_id": body_id}
        read = shared.post("registrar", "/matters/read-document", data=data)
        assert read.status_code == 200, read.text
        assert read.json is not None
        assert read.json["title"] is None
        assert read.json["recipients"] == [{"name": "Åse bygdegille", "uncertain": False}]
        assert read.json["places"]["decision_points.0"]["number"] == 6
        answer = self.upload(shared, text.encode(), "a.txt", title="Rensning", kind="information")
        assert answer.status_code == 201, answer.text
        assert answer.json is not None
        assert (answer.json["title"], answer.json["kind"]) == ("Rensning", "information")

    def test_what_is_no_docx_is_refused(self, shared: Api) -> None:
        """A file that only calls itself .docx is told as such."""
        answer = self.upload(shared, b"MZ\x90\x00 not a zip", "beslut.docx")
        assert answer.status_code == 422
        refused(answer, 422, answer.json["code"])  # type: ignore[index]

    def test_a_zip_bomb_is_refused(self, shared: Api) -> None:
        """A small file that would unfold to gigabytes is not unfolded."""
        bomb = io.BytesIO()
        with (
            zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive,
            archive.open(DOCX_PART, "w", force_zip64=True) as part,
        ):
            for _ in range(60):
                part.write(b" " * 1024 * 1024)
        answer = self.upload(shared, bomb.getvalue(), "bomb.docx")
        assert answer.status_code in (413, 422)
        refused(answer, answer.status_code, answer.json["code"])  # type: ignore[index]

    def test_two_hundred_megabytes_are_not_read(
        self, shared: Api, matter: Any, tmp_path: Path
    ) -> None:
        """What announces itself as too large is refused before a byte of it is taken in."""
        size = 200 * 1024 * 1024
        file = tmp_path / "large"
        with file.open("wb") as made:
            made.truncate(size)
        with Watched(file) as body:
            answer = shared.post(
                "officer",
                f"/matters/{matter['id']}/documents",
                input_stream=body,
                content_length=size,
                content_type="multipart/form-data; boundary=x",
            )
            assert body.taken == 0
        refused(answer, 413, "too_large")

    def test_a_huge_json_is_not_read(self, shared: Api) -> None:
        """A text of megabytes is no matter."""
        answer = shared.post(
            "registrar", "/matters", data=b" " * 5_000_000, content_type="application/json"
        )
        refused(answer, 413, "too_large")

    def test_a_form_without_a_file_says_so(self, shared: Api, matter: Any) -> None:
        """The field is named."""
        answer = shared.post(
            "officer",
            f"/matters/{matter['id']}/documents",
            data={"title": "Bilaga"},
            content_type="multipart/form-data",
        )
        assert "file" in refused(answer, 422, "fields_wrong")["errors"]

    def test_an_upload_is_given_back_as_it_was(self, shared: Api, matter: Any) -> None:
        """Byte for byte, to be saved and never shown: it may be a page with a program in it."""
        page = b"<script>alert(1)</script>"
        at = f"/matters/{matter['id']}/documents"
        data = {"file": (io.BytesIO(page), "../../etc/lömsk.html"), "title": "Bilaga"}
        kept = shared.post("officer", at, data=data)
        assert kept.status_code == 201
        assert kept.json is not None
        assert kept.json["filename"] == "lömsk.html"
        content = shared.get("officer", kept.headers["Location"].removeprefix("/api/v1"))
        assert content.data == page
        assert content.headers["X-Content-Type-Options"] == "nosniff"
        assert content.headers["Content-Disposition"].startswith("attachment")


class TestAddresses:
    """Where one calls."""

    @pytest.mark.parametrize(
        "path", ["/nowhere", "/matters/0x10", "/matters/99999999999999999999999", "/matters/-1"]
    )
    def test_an_unknown_address_is_a_problem_too(self, shared: Api, path: str) -> None:
        """No HTML page where JSON is spoken."""
        refused(shared.get("officer", path), 404, "api_address")

    def test_an_impossible_number_is_unknown_to_every_method(self, shared: Api) -> None:
        """Also where another method of the address would match."""
        body = {"item_type": "formality", "title": "X"}
        refused(shared.post("secretary", f"/meetings/{10**20}/agenda", body), 404, "api_address")

    def test_a_wrong_method_names_the_right_ones(self, shared: Api) -> None:
        """Allow says what the address takes."""
        answer = shared.call("DELETE", "officer", "/matters")
        refused(answer, 405, "api_method")
        assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))

    def test_what_is_hidden_does_not_exist(self, shared: Api, matter: Any) -> None:
        """One answer for what is not there and for what one may not see."""
        hidden = shared.get("substitute", f"/matters/{matter['id']}")
        absent = shared.get("substitute", "/matters/999999")
        assert refused(hidden, 404, "not_found") == refused(absent, 404, "not_found")
        listed = shared.get("substitute", "/matters").json
        assert listed == {"items": [], "count": 0, "count_is_exact": True, "next": None}
        for part in ("actions", "history", "documents", "deadlines", "decisions"):
            address = f"/matters/{matter['id']}/{part}"
            refused(shared.get("substitute", address), 404, "not_found")

    def test_documents_are_reached_through_their_own_matter_only(self, shared: Api) -> None:
        """A document's number does not open it from another matter."""
        mine, other = shared.assigned(), shared.assigned()
        data = {"file": (io.BytesIO(b"text"), "a.txt")}
        kept = shared.post("officer", f"/matters/{mine['id']}/documents", data=data).json
        assert kept is not None
        answer = shared.get("officer", f"/matters/{other['id']}/documents/{kept['id']}/content")
        refused(answer, 404, "not_found")

    def test_a_fault_of_ours_has_a_reference_and_no_traceback(
        self, shared: Api, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The reader can name it, and we can find it; nothing of the program is shown."""

        def broken(*_: Any, **__: Any) -> None:
            raise RuntimeError("secret inside")

        monkeypatch.setattr("casework.people.queries.bodies", broken)
        answer = shared.get("officer", "/bodies")
        problem = refused(answer, 500, "api_fault")
        assert "secret" not in answer.text
        assert len(problem["detail"]) > 40


def test_a_token_that_calls_too_often_waits(api: Api) -> None:
    """Retry-After says how long; another token is not in the way."""
    window = Window(limit=3, seconds=60)
    app = type(api.app)("limited")
    app.extensions.update(api.app.extensions)
    app.config["MAX_CONTENT_LENGTH"] = api.app.config["MAX_CONTENT_LENGTH"]
    init_api(app, window)
    limited = type(api)(app, api.world, api.tokens)
    assert [limited.get("officer", "/bodies").status_code for _ in range(3)] == [200] * 3
    answer = limited.get("officer", "/bodies")
    refused(answer, 429, "too_many_calls")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert limited.get("manager", "/bodies").status_code == 200


def test_the_office_of_registering_is_guarded(shared: Api) -> None:
    """A member cannot register a matter, nor an officer plan a meeting."""
    body_id = shared.world.committee.id
    matter = {"kind": "decision", "title": "X", "body_id": body_id}
    refused(shared.post("member", "/matters", matter), 403, "role_missing")
    meeting = {"body_id": body_id, "starts_at": "2030-01-01T09:00:00+01:00"}
    refused(shared.post("officer", "/meetings", meeting), 403, "role_missing")
    recipient = {"name": "Grannen", "email": "grannen@example.org"}
    refused(shared.post("officer", "/recipients", recipient), 403, "role_missing")
