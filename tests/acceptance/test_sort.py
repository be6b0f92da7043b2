"""A joined file is sorted by keyboard, and its parts are extracted."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from reportlab.pdfgen.canvas import Canvas

from tests.acceptance.conftest import PASSWORD, Instance, deliver, wait_for
from tests.acceptance.test_chain import CHROMIUM, FLAGS


def joined() -> bytes:
    """Two invoices of one seller, a page with nothing of use, and one more invoice."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842), invariant=1)
    for number in ("218/A", "219/A", "", "220/A"):
        for row, text in enumerate(_lines(number)):
            canvas.drawString(60, 780 - 24 * row, text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _lines(number: str) -> tuple[str, ...]:
    if not number:
        return ("Appunti", "richiamare lunedì")
    return (
        "Officine Bellariva S.r.l.",
        "Partita IVA 01234567897",
        "FATTURA",
        f"Fattura n. {number}    Data 14/03/2026",
        "Spett.le Cantieri Pontelungo S.p.A.",
        "P.IVA 09876543217",
        "Totale imponibile    1.000,00",
        "IVA 22%    220,00",
        "Totale fattura EUR    1.220,00",
    )


@pytest.fixture
def desk(instance: Instance) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900}, locale="it-IT")
        page.goto(instance.url)
        page.get_by_test_id("login-name").fill(instance.operator)
        page.get_by_test_id("login-password").fill(PASSWORD)
        page.get_by_test_id("login-submit").click()
        expect(page.get_by_role("link", name="Smistamento")).to_be_visible()
        yield page
        browser.close()


def test_a_joined_file_is_sorted_by_keyboard(
    instance: Instance, desk: Page, tmp_path: Path
) -> None:
    path = tmp_path / "joined.pdf"
    path.write_bytes(joined())
    with instance.api() as api:
        batch = deliver(api, [path], "invoice")
        listing = f"/v1/documents?batch_id={batch}"

        def statuses() -> list[str]:
            return [item["status"] for item in api.get(listing).json()["items"]]

        wait_for(instance, lambda: statuses() == ["sorting"])
        desk.get_by_role("link", name="Smistamento").click()
        pages = desk.get_by_test_id("sort-page")
        expect(pages).to_have_count(4)
        _make(desk, begins=["true", "true", "false", "true"])
        desk.screenshot(path=str(tmp_path / "sort.png"))
        desk.keyboard.press("Enter")
        expect(desk.get_by_test_id("no-work")).to_be_visible()
        expect(desk.get_by_test_id("sorted-count")).to_have_text("1")
        done = {"keying", "final"}
        wait_for(instance, lambda: len(statuses()) == 3 and set(statuses()) <= done)
        numbers = [
            field["value"]
            for item in api.get(listing).json()["items"]
            for field in api.get(f"/v1/documents/{item['id']}/fields").json()["items"]
            if field["name"] == "invoice_number"
        ]
        sheets = api.get(f"/v1/documents/{_first(api.get(listing).json())}/sheets").json()
    assert numbers == ["218/A", "219/A", "220/A"]
    assert [sheet["dropped"] for sheet in sheets["items"]] == [None, None, "unwanted", None]


def _first(listing: dict[str, list[dict[str, str]]]) -> str:
    return listing["items"][0]["id"]


def _make(desk: Page, begins: list[str]) -> None:
    """Cut before the pages that begin a document, and leave out the third, by keys alone."""
    pages = desk.get_by_test_id("sort-page")
    desk.keyboard.press("Home")
    for place, wanted in enumerate(begins):
        page = pages.nth(place)
        expect(page).to_have_attribute("aria-current", "true")
        if place == 2:
            desk.keyboard.press("b")
            expect(page).to_have_attribute("data-dropped", "true")
        elif page.get_attribute("data-begins") != wanted:
            desk.keyboard.press(" ")
        if place != 2:
            expect(page).to_have_attribute("data-begins", wanted)
        desk.keyboard.press("ArrowRight")
    expect(desk.get_by_test_id("sort-documents")).to_have_text("3 documenti")
