"""Conformance of the NOEMIE codec: one module a chapter of docs/noemie.md."""
