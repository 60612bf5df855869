"""The enrolment report: a page with pictures in the gallery's folder."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from enrolment.assessment import Assessment
from gallery.store import Gallery

REPORT_FILE = "report.html"
_LISTED = 1000
"""Most artworks that are listed, those that need care first: a longer page opens slowly."""
_STYLE = """
body { font: 16px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 68rem; padding: 0 1rem;
  color: #24211c; background: #f6f2ea }
h1 { font: 2rem Georgia, serif; margin-bottom: .2rem }
table { border-collapse: collapse; width: 100%; background: #fffdf8 }
th, td { padding: .6rem .8rem; border-bottom: 1px solid #e4dccb; text-align: left;
  vertical-align: top }
img { max-width: 7rem; max-height: 6rem; display: block; margin-bottom: .3rem }
.good { color: #2d6a3e } .weak { color: #9a5b00 } .confusable { color: #a3261b }
.kind { font-weight: 600 } td small { color: #6f675a }
"""


def render_report(gallery: Gallery, assessments: Sequence[Assessment]) -> str:
    """Render the report: artworks that need care first, each beside its most similar one.

    Returns:
        HTML; its pictures are the gallery's own thumbnails, by relative address.
    """
    order = {"confusable": 0, "weak": 1, "good": 2}
    rows = sorted(
        assessments,
        key=lambda one: (order[one.kind], one.found is None, one.found or 0, -one.likeness),
    )
    kinds = [assessment.kind for assessment in assessments]
    name = escape(gallery.manifest.name)
    counts = ", ".join(f"{kinds.count(kind)} {kind}" for kind in ("good", "weak", "confusable"))
    body = "\n".join(_row(gallery, assessment) for assessment in rows[:_LISTED])
    listed = f" The first {_LISTED} are listed." if len(rows) > _LISTED else ""
    return (
        f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>{name}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style>\n<h1>{name}</h1>\n"
        f"<p>{len(gallery.artworks)} artworks; of {len(rows)} looked at: {counts}.{listed}</p>\n"
        "<table><thead><tr><th>Artwork<th>Assessment<th>Found in its views<th>Local features"
        f"<th>Most like it</tr></thead>\n<tbody>\n{body}\n</tbody></table>\n</html>\n"
    )


def _row(gallery: Gallery, assessment: Assessment) -> str:
    likeness = (
        f"<br><small>likeness {assessment.likeness:.2f}</small>" if assessment.rival_id else ""
    )
    found = "-" if assessment.found is None else f"{assessment.found:.0%}"
    return (
        f"<tr><td>{_picture(gallery, assessment.artwork_id)}"
        f'<td><span class="kind {assessment.kind}">{assessment.kind}</span><br>'
        f"{escape(assessment.advice)}"
        f"<td>{found}<td>{assessment.features}"
        f"<td>{_picture(gallery, assessment.rival_id)}{likeness}</tr>"
    )


def _picture(gallery: Gallery, artwork_id: str | None) -> str:
    index = gallery.index_of(artwork_id) if artwork_id is not None else None
    if index is None:
        return "-"
    artwork = gallery.artworks[index]
    address = f"thumbnails/{gallery.picture_path(index, thumbnail=True).name}"
    return (
        f'<img src="{address}" alt="" loading="lazy">{escape(artwork.title)}'
        f"<br><small>{escape(artwork.id)}</small>"
    )
