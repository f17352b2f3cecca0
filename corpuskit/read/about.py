"""What a page says of itself in its head."""

from __future__ import annotations

from collections.abc import Iterable

from corpuskit.read.element import Attributes

_DATES = (
    "article:published_time",
    "og:published_time",
    "og:release_date",
    "datepublished",
    "pubdate",
    "publishdate",
    "publish_date",
    "publish-date",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.created",
    "dc.date",
    "dcterms.date",
    "citation_publication_date",
    "date",
)
_META = {
    "og_title": ("og:title",),
    "author": ("author", "article:author", "dc.creator", "dcterms.creator"),
    "site": ("og:site_name", "application-name"),
    "date": _DATES,
}


def about(elements: Iterable[tuple[str, Attributes, str]]) -> dict[str, str]:
    """Return title, og_title, author, date, url, lang and site where the page gives them, white space collapsed.

    ``elements`` are ``html``, ``title``, ``meta``, ``link`` and ``time`` elements: tag, attributes, text.
    """
    meta: dict[str, str] = {}
    found: dict[str, str] = {}
    for tag, attributes, text in elements:
        if tag == "meta":
            _keep(meta, _meta_name(attributes), attributes.get("content"))
        else:
            _keep(found, *_fact(tag, attributes, text))
    time = found.pop("time", None)
    for field, names in _META.items():
        value = next((meta[name] for name in names if name in meta), None)
        _keep(found, field, value)
    _keep(found, "date", time)
    return dict(sorted(found.items()))


def _fact(tag: str, attributes: Attributes, text: str) -> tuple[str, str | None]:
    if tag == "html":
        return "lang", attributes.get("lang") or attributes.get("xml:lang")
    if tag == "link":
        return "url", attributes.get("href") if "canonical" in (attributes.get("rel") or "").lower().split() else None
    if tag == "time":
        return "time", attributes.get("datetime")
    return tag, text


def _meta_name(attributes: Attributes) -> str:
    name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop") or ""
    return name.strip().lower()


def _keep(facts: dict[str, str], name: str, value: str | None) -> None:
    """The first that says something stands."""
    plain = " ".join(value.split()) if value else ""
    if plain and name:
        facts.setdefault(name, plain)
