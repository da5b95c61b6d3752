"""FHIR R4 resources, plain JSON (C163): one file a resource, for the façade and for the files that members take.

https://hl7.org/fhir/R4. What the base profiles have no code for is in our own code systems, `urn:member-space:…`. A
person is told by the id that the API gives him, never by a NIR.
"""
