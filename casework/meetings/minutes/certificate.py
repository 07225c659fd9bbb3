"""The proof of attestation: a sheet beside the signed document, which cannot say it itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.documents.contexts import CertificateContext, Row, Section, bullets, paragraphs
from casework.meetings.wording import stamp

if TYPE_CHECKING:
    from datetime import date

    from casework.documents.models import Document
    from casework.meetings.models import Minutes, Signature
    from casework.people.models import Organisation


def attestation_proof(
    signed_minutes: Minutes,
    document: Document,
    organisation: Organisation,
    day: date,
    check_url: str,
) -> CertificateContext:
    """Who signed which document, when, over which checksum, and with what dissent."""
    dissents = [each for each in signed_minutes.signatures if each.dissent]
    return CertificateContext(
        organisation=organisation.name,
        body=signed_minutes.meeting.body.name,
        document_type="BEVIS OM JUSTERING",
        title=document.title,
        document_date=day.isoformat(),
        rows=(
            Row("Handling", document.filename),
            Row("Kontrollsumma (SHA-256)", document.sha256),
        ),
        sections=(
            Section("Underskrifter", 2, bullets(*(_signed(e) for e in signed_minutes.signatures))),
            Section(
                "Så kontrollerar du handlingen",
                2,
                paragraphs(
                    f"Lämna PDF-filen på {check_url}. Svaret säger om den är oförändrad, vilka som"
                    " har skrivit under och om en paragraf har rättats sedan dess. Den som har"
                    " hand om systemet kan i stället köra casework minutes verify FIL.pdf."
                ),
            ),
            *(
                Section(
                    f"Avvikande mening, {each.person.name_with_party}", 2, paragraphs(each.dissent)
                )
                for each in dissents
            ),
        ),
    )


def _signed(signature: Signature) -> str:
    roles = {"secretary": "Sekreterare", "chair": "Ordförande", "attester": "Justerare"}
    return (
        f"{roles[signature.capacity]} {signature.person.name_with_party},"
        f" {stamp(signature.signed_at)}"
    )
