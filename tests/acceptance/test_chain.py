"""The whole chain in one go: upload by API, real OCR, a person at the screen, release, polling."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.acceptance.conftest import PASSWORD, Instance, Scan, deliver, wait_for

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture
def screen(instance: Instance) -> Iterator[Page]:
    """A browser with the operator logged in."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900}, locale="it-IT")
        page.goto(instance.url)
        page.get_by_test_id("login-name").fill(instance.operator)
        page.get_by_test_id("login-password").fill(PASSWORD)
        page.get_by_test_id("login-submit").click()
        yield page
        browser.close()


def test_a_scan_goes_in_and_verified_data_come_out(
    instance: Instance,
    screen: Page,
    scans: Callable[[int, str, int], list[Scan]],
) -> None:
    [scan] = scans(1, "invoice", 11)
    with instance.api() as api:
        batch = deliver(api, [scan.path], "invoice")
        release = _key_until_released(instance, screen, api, batch)
        data = api.get(f"/v1/releases/{release['release_id']}/data.json")
        manifest = api.get(f"/v1/releases/{release['release_id']}/manifest")
        api.post(f"/v1/releases/{release['release_id']}/acknowledge").raise_for_status()
        last = api.get("/v1/changes", params={"after": release["seq"]}).json()["items"]
    [document] = data.json()["documents"]
    fields = [*document["fields"].values(), *(c for row in document["lines"] for c in row.values())]
    assert [f["source"] for f in fields if f["value"] == CORRECTION] == ["person"]
    assert {field["source"] for field in fields} == {"machine", "person"}
    [listed] = [f for f in manifest.json()["files"] if f["name"] == "data.json"]
    assert hashlib.sha256(data.content).hexdigest() == listed["sha256"]
    assert document["sha256"] == hashlib.sha256(scan.path.read_bytes()).hexdigest()
    assert [change["kind"] for change in last] == ["release.acknowledged"]


CORRECTION = "CORRETTO-77"
# Fields that take any text: the correction passes their checks.
FREE = ("fornitore", "cliente", "descrizione", "numero fattura", "numero ordine")


def _key_until_released(instance: Instance, screen: Page, api: Any, batch: str) -> dict[str, Any]:
    """Confirm what the screen shows, correct one value, and follow the feed to the release."""
    state = {"after": 0, "corrected": False}

    def step() -> dict[str, Any] | None:
        changes = api.get("/v1/changes", params={"after": state["after"], "wait": 0}).json()
        state["after"] = changes["next"]
        for change in changes["items"]:
            if change["kind"] == "batch.released" and change["subject"] == batch:
                return {"seq": change["seq"], **change["data"]}
        entry = screen.get_by_test_id("key-input")
        if entry.is_visible():
            _answer(screen, state)
        return None

    released: dict[str, Any] = wait_for(instance, step, 240)
    assert state["corrected"], "no free text came to the screen: nothing was corrected"
    return released


def _answer(screen: Page, state: dict[str, Any]) -> None:
    """Enter confirms; one value is corrected; what fails a check is confirmed once more."""
    label = screen.get_by_test_id("key-label").inner_text().lower()
    entry = screen.get_by_test_id("key-input")
    expect(screen.get_by_test_id("page-image")).to_be_visible()
    if not state["corrected"] and label.startswith(FREE):
        entry.fill(CORRECTION)
        state["corrected"] = True
    entry.press("Enter")
    screen.wait_for_timeout(250)
