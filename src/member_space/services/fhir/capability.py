"""What this façade does, in its own words: https://hl7.org/fhir/R4/capabilitystatement.html."""

from collections.abc import Mapping
from datetime import date
from typing import Any

PUBLISHED = date(2026, 11, 30)
"""The day of the statement: of the last change in what the façade does."""


def capability_statement(dates: Mapping[str, str | None], url: str, software: str) -> dict[str, Any]:
    """``dates``: each resource, with the parameter that searches it by day, where it has one; ``url``: of the base."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": PUBLISHED.isoformat(),
        "kind": "instance",
        "software": {"name": software},
        "implementation": {"description": software, "url": url},
        "fhirVersion": "4.0.1",
        "format": ["json"],
        "rest": [
            {
                "mode": "server",
                "security": {"cors": False, "description": "OAuth 2 bearer tokens; see docs/api.md"},
                "resource": [
                    {
                        "type": kind,
                        "interaction": [{"code": "read"}, {"code": "search-type"}],
                        "versioning": "no-version",
                        "searchParam": [{"name": "patient", "type": "reference"}]
                        + ([{"name": by_date, "type": "date"}] if by_date else []),
                    }
                    for kind, by_date in dates.items()
                ],
            }
        ],
    }
