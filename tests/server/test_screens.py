"""The screens for document types, reference lists and forms, in a real browser."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.acceptance.test_chain import CHROMIUM, FLAGS
from tests.server.conftest import PASSWORD, Running
from tests.server.test_types import create, make

ORDERS = "number;customer;cost centre\nOL4711;Officine Bellariva S.r.l.;CC-20\n"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, server: Running) -> Iterator[Page]:
    """A browser in which a person of the client A has signed in."""
    context = browser.new_context(viewport={"width": 1280, "height": 720}, locale="en-GB")
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.goto(server.url)
    page.get_by_test_id("login-name").fill("client-user")
    page.get_by_test_id("login-password").fill(PASSWORD)
    page.get_by_test_id("login-submit").click()
    expect(page.get_by_role("link", name="Types")).to_be_visible()
    yield page
    context.close()


def begin(page: Page, label: str) -> None:
    """A new type with one empty field, in the editor."""
    page.get_by_role("link", name="Types", exact=True).click()
    page.get_by_test_id("new-type").click()
    page.get_by_test_id("new-label-en").fill(label)
    page.get_by_test_id("new-go").click()
    expect(page.get_by_test_id("label0-0")).to_be_visible()


def add_fields(page: Page, *labels: str) -> None:
    """Type labels one below the other, as somebody at the keyboard does."""
    page.get_by_test_id("label0-0").click()
    for place, label in enumerate(labels):
        if place > 0:
            page.keyboard.press("Enter")
        expect(page.get_by_test_id(f"label0-{place}")).to_be_focused()
        page.keyboard.type(label)


def save(page: Page) -> None:
    page.keyboard.press("Control+s")
    expect(page.get_by_test_id("type-saved")).to_be_visible()


# -- types ------------------------------------------------------------------------------------


def test_a_type_made_at_the_keyboard_is_used_by_batches(server: Running, page: Page) -> None:
    begin(page, "Repair order")
    add_fields(page, "Order code", "Opened on", "Closed on", "Net amount", "Urgency")
    page.get_by_test_id("field-allowed").fill("low\nhigh")
    page.get_by_test_id("required-0").check()
    page.get_by_test_id("tab-rules").click()
    page.get_by_test_id("add-expression").click()
    page.get_by_test_id("rule-check").fill("days(opened_on, closed_on) <= 30")
    expect(page.get_by_test_id("formula-state")).to_contain_text("can be checked")
    save(page)
    made = server["client"].get("/v1/types/repair_order").json()
    assert [(field["name"], field["kind"]) for field in made["fields"]] == [
        ("order_code", "identifier"),
        ("opened_on", "date"),
        ("closed_on", "date"),
        ("net_amount", "amount"),
        ("urgency", "text"),
    ]
    assert made["fields"][0]["required"] is True
    assert made["fields"][4]["allowed"] == ["low", "high"]
    assert made["rules"][0]["check"] == "days(opened_on, closed_on) <= 30"
    batch = server["client"].get(f"/v1/batches/{server.new_batch(document_type='repair_order')}")
    assert batch.json()["type_versions"] == {"repair_order": 1}


def test_a_new_type_can_be_chosen_for_a_batch_at_once(server: Running, page: Page) -> None:
    begin(page, "Fresh type")
    add_fields(page, "Order code")
    save(page)
    page.get_by_role("link", name="Batches").click()
    page.get_by_role("button", name="New batch").click()
    page.get_by_label("Type").select_option("fresh_type")
    page.get_by_role("button", name="Create").click()
    page.wait_for_url("**/batches/bat_*")
    batch = server["client"].get(f"/v1/batches/{page.url.rpartition('/')[2]}").json()
    assert batch["type_versions"] == {"fresh_type": 1}


def test_rows_are_moved_duplicated_and_deleted_by_keys(server: Running, page: Page) -> None:
    begin(page, "Row keys")
    add_fields(page, "One", "Two", "Three")
    page.keyboard.press("Alt+ArrowUp")  # One, Three, Two
    page.keyboard.press("Control+d")  # One, Three, Three 2, Two
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Control+Delete")  # One, Three, Three 2
    save(page)
    made = server["client"].get("/v1/types/row_keys").json()
    assert [field["name"] for field in made["fields"]] == ["one", "three", "three_2"]
    page.keyboard.press("Control+z")
    expect(page.get_by_test_id("label0-3")).to_have_value("Two")


def test_what_the_server_finds_wrong_stands_at_the_field(server: Running, page: Page) -> None:
    begin(page, "Wrong rule")
    add_fields(page, "Opened on")
    page.get_by_test_id("tab-rules").click()
    page.get_by_test_id("add-expression").click()
    page.get_by_test_id("rule-check").fill("opened_on > closed_on")
    rule = page.get_by_test_id("rule-0")
    expect(rule.get_by_role("alert")).to_contain_text("There is no header field closed_on")
    expect(page.get_by_test_id("rule-check")).to_have_attribute("aria-invalid", "true")
    page.get_by_test_id("save-type").click()
    expect(page.get_by_test_id("type-error")).to_contain_text("1 thing to correct")
    assert server["client"].get("/v1/types/wrong_rule").status_code == 404


def test_a_gap_is_shown_when_somebody_wants_to_save(page: Page) -> None:
    begin(page, "Has a gap")
    expect(page.get_by_test_id("label0-0")).to_have_attribute("aria-invalid", "false")
    page.get_by_test_id("save-type").click()
    expect(page.get_by_test_id("label0-0")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_test_id("label0-0")).to_be_focused()


def test_a_renamed_field_is_renamed_in_rules(server: Running, page: Page) -> None:
    made = create(server, make())
    page.goto(f"{server.url}/types/{server.client_a}/{made['name']}")
    page.get_by_test_id("name-1").fill("begun")
    save(page)
    changed = server["client"].get(f"/v1/types/{made['name']}").json()
    assert changed["rules"][0]["check"] == "days(begun, closed) <= 30"


def test_a_built_in_type_is_changed_for_the_client_alone(server: Running, page: Page) -> None:
    page.goto(f"{server.url}/types/{server.client_a}/receipt")
    expect(page.get_by_test_id("save-type")).to_have_count(0)
    page.get_by_test_id("unlock").click()
    page.get_by_test_id("required-0").uncheck()
    save(page)
    own = server["client"].get("/v1/types/receipt").json()
    assert (own["client_id"], own["version"]) == (server.client_a, 1)
    assert server["foreign"].get("/v1/types/receipt").json()["client_id"] is None


def test_open_batches_keep_their_version_and_the_screen_says_so(
    server: Running, page: Page
) -> None:
    made = create(server, make())
    server.new_batch(document_type=made["name"])
    page.goto(f"{server.url}/types/{server.client_a}/{made['name']}")
    page.get_by_test_id("required-1").check()
    expect(page.locator(".type-message")).to_contain_text("1 open batch keeps version 1")
    save(page)
    expect(page.get_by_test_id("type-saved")).to_contain_text("version 2")


def change_elsewhere(server: Running, made: dict[str, object]) -> None:
    changed = {k: v for k, v in made.items() if k != "client_id"} | {"label": {"en": "Theirs"}}
    assert server["client"].put(f"/v1/types/{made['name']}", json=changed).status_code == 200


@pytest.mark.parametrize(("choice", "label"), [("mine", "Work order"), ("theirs", "Theirs")])
def test_a_change_of_somebody_else_is_a_choice(
    server: Running, page: Page, choice: str, label: str
) -> None:
    made = create(server, make())
    page.goto(f"{server.url}/types/{server.client_a}/{made['name']}")
    page.get_by_test_id("required-1").check()
    change_elsewhere(server, made)
    page.get_by_test_id("save-type").click()
    expect(page.get_by_test_id("stale")).to_contain_text("label or key")
    page.get_by_test_id(f"stale-{choice}").click()
    expect(page.get_by_test_id("stale")).to_have_count(0)
    expect(page.get_by_test_id("save-type")).to_be_disabled()
    kept = server["client"].get(f"/v1/types/{made['name']}").json()
    assert kept["label"]["en"] == label
    assert kept["version"] == (3 if choice == "mine" else 2)


def test_unsaved_changes_are_not_left_by_accident(server: Running, page: Page) -> None:
    made = create(server, make())
    page.goto(f"{server.url}/types/{server.client_a}/{made['name']}")
    page.get_by_test_id("required-1").check()
    page.get_by_role("link", name="Lists").click()
    page.get_by_test_id("leave-stay").click()
    expect(page.get_by_test_id("required-1")).to_be_checked()
    page.get_by_role("link", name="Lists").click()
    page.get_by_test_id("leave-discard").click()
    expect(page.get_by_test_id("list-drop")).to_be_visible()
    assert server["client"].get(f"/v1/types/{made['name']}").json()["version"] == 1


def test_a_type_comes_from_yaml(server: Running, page: Page) -> None:
    text = "name: from_file\nlabel: {en: From a file}\nfields:\n"
    text += "  - {name: number, kind: identifier, label: {en: Number}}\n"
    page.get_by_role("link", name="Types", exact=True).click()
    page.get_by_test_id("new-type").click()
    page.get_by_test_id("new-file").set_input_files(
        {"name": "t.yaml", "mimeType": "application/yaml", "buffer": text.encode()}
    )
    expect(page.get_by_test_id("label0-0")).to_have_value("Number")
    save(page)
    assert server["client"].get("/v1/types/from_file").json()["label"] == {"en": "From a file"}


# -- lists ------------------------------------------------------------------------------------


def choose(page: Page, text: str) -> None:
    page.get_by_test_id("list-input").set_input_files(
        {"name": "orders.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )
    expect(page.get_by_test_id("list-preview")).to_be_visible()


def test_a_list_with_a_bad_line_is_shown_and_a_good_one_loaded(server: Running, page: Page) -> None:
    page.get_by_role("link", name="Lists").click()
    expect(page.get_by_test_id("list-drop")).to_be_visible()
    choose(page, ORDERS + "OL4712;Cantieri; Pontelungo S.p.A.;CC-31\n")
    page.get_by_test_id("list-send").click()
    error = page.get_by_test_id("list-error")
    expect(error).to_contain_text("Line 3 has 4 cells")
    expect(error).to_contain_text("OL4712;Cantieri; Pontelungo S.p.A.;CC-31")
    choose(page, ORDERS)
    expect(page.get_by_test_id("list-preview")).to_contain_text("Officine Bellariva S.r.l.")
    page.get_by_test_id("list-send").click()
    expect(page.get_by_test_id("list-notice")).to_contain_text("orders: 1 rows loaded")
    loaded = server["client"].get("/v1/references/orders").json()
    assert (loaded["columns"], loaded["rows"]) == (["number", "customer", "cost centre"], 1)


def test_a_list_is_deleted_with_the_types_that_miss_it(server: Running, page: Page) -> None:
    sent = server["client"].put("/v1/references/towns", content="town\nVerona\n")
    assert sent.status_code == 200
    data = make(label={"en": "Uses towns"})
    held = {**data["fields"][0], "reference": {"list": "towns", "column": "town"}}
    create(server, {**data, "fields": [held, *data["fields"][1:]]})
    page.get_by_role("link", name="Lists").click()
    row = page.locator("[data-list=towns]")
    expect(row).to_contain_text("Uses towns")
    row.get_by_test_id("list-delete").click()
    expect(page.get_by_role("dialog")).to_contain_text("Uses towns: Order number")
    page.get_by_test_id("list-delete-sure").click()
    expect(row).to_have_count(0)
    assert server["client"].get("/v1/references/towns").status_code == 404


# -- forms ------------------------------------------------------------------------------------

COMB = (200, 300, 600, 340)
TICK = (700, 300, 724, 324)


def blank() -> bytes:
    """An empty form: a comb of ten cells, a box to tick and room for more."""
    image = Image.new("L", (800, 1000), 255)
    draw = ImageDraw.Draw(image)
    for number in range(11):
        x = COMB[0] + 40 * number
        draw.line((x, COMB[1], x, COMB[3]), fill=0, width=2)
    for y in (COMB[1], COMB[3]):
        draw.line((COMB[0], y, COMB[2], y), fill=0, width=2)
    draw.rectangle(TICK, outline=0, width=2)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


class Sheet:
    """The page of the form on the screen, spoken to in pixels of the page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.canvas = page.get_by_test_id("form-canvas")
        expect(self.canvas).to_have_attribute("data-lines", "ready")

    def _at(self, x: float, y: float) -> tuple[float, float]:
        sheet = self.canvas.locator("img").bounding_box()
        assert sheet is not None
        scale = sheet["width"] / 800
        return sheet["x"] + x * scale, sheet["y"] + y * scale

    def drag(self, x0: float, y0: float, x1: float, y1: float) -> None:
        mouse = self.page.mouse
        mouse.move(*self._at(x0, y0))
        mouse.down()
        mouse.move(*self._at((x0 + x1) / 2, (y0 + y1) / 2))
        mouse.move(*self._at(x1, y1))
        mouse.up()

    def double(self, x: float, y: float) -> None:
        self.page.mouse.dblclick(*self._at(x, y))


def draw_form(page: Page, label: str, *fields: str) -> Sheet:
    begin(page, label)
    add_fields(page, *fields)
    page.get_by_test_id("tab-form").click()
    page.get_by_test_id("blank-input").set_input_files(
        {"name": "blank.png", "mimeType": "image/png", "buffer": blank()}
    )
    return Sheet(page)


def zones_of(server: Running, name: str) -> list[dict[str, object]]:
    form = server["client"].get(f"/v1/types/{name}").json()["form"]
    for zone in form["zones"]:
        left, top, right, bottom = zone["box"]
        zone["box"] = [round(left * 800), round(top * 1000), round(right * 800), bottom * 1000]
        zone["box"][3] = round(zone["box"][3])
    return list(form["zones"])


def test_boxes_are_drawn_on_a_blank_and_saved_in_the_type(server: Running, page: Page) -> None:
    sheet = draw_form(page, "Application", "Last name", "Client code", "Member")
    sheet.drag(200, 200, 700, 240)
    sheet.double(290, 320)
    sheet.double(712, 312)
    save(page)
    name, comb, tick = zones_of(server, "application")
    assert (name["field"], name["reader"]) == ("last_name", "text")
    assert name["box"] == pytest.approx([200, 200, 700, 240], abs=2)
    assert (comb["field"], comb["reader"], comb["cells"]) == ("client_code", "comb", 10)
    assert comb["box"] == pytest.approx(COMB, abs=3)
    assert (tick["field"], tick["reader"]) == ("member", "mark")
    assert tick["box"] == pytest.approx(TICK, abs=3)


def test_a_box_is_adjusted_by_keys_and_undone(server: Running, page: Page) -> None:
    sheet = draw_form(page, "Nudged", "Last name")
    sheet.drag(200, 100, 400, 140)
    drawn = page.get_by_test_id("zone-0")
    expect(drawn).to_be_focused()
    save(page)
    [before] = zones_of(server, "nudged")
    for keys in ("ArrowRight", "Shift+ArrowDown", "Alt+ArrowRight", "Alt+Shift+ArrowDown"):
        page.keyboard.press(keys)
    save(page)
    [after] = zones_of(server, "nudged")
    steps = zip(after["box"], before["box"], strict=True)  # type: ignore[call-overload]
    assert [one - other for one, other in steps] == [1, 10, 2, 20]
    page.keyboard.press("Control+z")
    save(page)
    assert zones_of(server, "nudged") == [before]


def test_a_box_without_a_field_is_not_saved(server: Running, page: Page) -> None:
    sheet = draw_form(page, "Too many", "Last name")
    sheet.drag(200, 100, 400, 140)
    sheet.drag(200, 180, 400, 220)
    page.get_by_test_id("save-type").click()
    expect(page.get_by_test_id("zone-form")).to_contain_text("Choose the field")
    assert server["client"].get("/v1/types/too_many").status_code == 404
    page.get_by_test_id("zone-1").focus()
    page.keyboard.press("Delete")
    save(page)
    assert len(zones_of(server, "too_many")) == 1
