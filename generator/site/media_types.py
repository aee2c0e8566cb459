"""What kind of file browsers are told, by its ending: the tables of systems differ, and so do Python's own."""

from __future__ import annotations

import mimetypes

_TYPES = mimetypes.MimeTypes()  # none of the system's files, nor what programs wrote into the registry of Windows
for _ending, _kind in {
    **{".js": "text/javascript", ".mjs": "text/javascript", ".xml": "application/xml", ".md": "text/markdown"},
    **{".webp": "image/webp", ".avif": "image/avif", ".woff": "font/woff", ".woff2": "font/woff2"},
    **{".vtt": "text/vtt", ".csv": "text/csv", ".tsv": "text/tab-separated-values"},
}.items():
    _TYPES.add_type(_kind, _ending)


def kind_of(path: str) -> str:
    """The media type of a file of a site."""
    return _TYPES.guess_type(path)[0] or "application/octet-stream"
