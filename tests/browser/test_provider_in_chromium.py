"""The real `@hocuspocus/provider` in Chromium, without our pages: awareness and read-only."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page

HERE = Path(__file__).parent
WEB = HERE.parents[1] / "web"
BUNDLE = """
import { rolldown } from "rolldown";
const [entry, into, modules] = process.argv.slice(-3);
const resolve = { modules: [modules] };
const built = await rolldown({ input: entry, resolve, platform: "browser" });
await built.write({ file: into, format: "es" });
"""
OPEN = """async ([room, name, token]) => {
  const { HocuspocusProvider, HocuspocusProviderWebsocket, Y } = await import("/static/real.js");
  const url = location.origin.replace("http", "ws") + "/sync";
  const socket = new HocuspocusProviderWebsocket({ url });
  const doc = new Y.Doc();
  const open = (document, more) => {
    const given = { websocketProvider: socket, name: document, token, ...more };
    const one = new HocuspocusProvider(given);
    one.attach();
    return one;
  };
  const scopes = {};
  window.own = open(room, { onAuthenticated: ({ scope }) => { scopes.room = scope; } });
  window.board = open(`${room}/board`, {
    document: doc, onAuthenticated: ({ scope }) => { scopes.board = scope; },
  });
  await new Promise((done) => window.board.on("synced", done));
  window.board.setAwarenessField("pointer", { x: 1, who: name });
  window.board.setAwarenessField("name", "Somebody else");
  return scopes;
}"""
STATES = "() => [...window.board.awareness.getStates().values()]"


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The provider as one script."""
    into = tmp_path_factory.mktemp("bundle") / "real.js"
    subprocess.run(
        ["node", "--input-type=module", "-e", BUNDLE, "--", str(HERE / "provider_entry.mjs"),
         str(into), str(WEB / "node_modules")],
        cwd=WEB, check=True, capture_output=True,
    )  # fmt: skip
    return into.read_text("utf-8")


def opened(browser: Browser, address: str, bundle: str) -> Page:
    """A page of the server's own origin that can load the bundle."""
    page = browser.new_context().new_page()
    page.route(
        "**/static/real.js",
        lambda route: route.fulfill(body=bundle, content_type="text/javascript"),
    )
    page.goto(f"{address}/")
    return page


@pytest.mark.browser
@pytest.mark.node
def test_awareness_is_stamped_and_the_rooms_own_document_is_read_only(
    talanoa: str, browser: Browser, bundle: str
) -> None:
    made = httpx.post(
        f"{talanoa}/api/rooms", json={"title": "River", "facilitator": "Amina"}
    ).json()
    guest = httpx.post(
        f"{talanoa}/api/rooms/{made['room']}/seats",
        json={"code": made["code"], "name": "Sefina", "where": "remote"},
    ).json()
    pages = [opened(browser, talanoa, bundle) for _ in range(2)]
    for page, who in zip(pages, (made, guest), strict=True):
        scopes = page.evaluate(OPEN, [made["room"], who["seat"], who["token"]])
        assert scopes == {"room": "readonly", "board": "read-write"}
    pages[0].wait_for_function(f"() => ({STATES})().some((s) => s.seat === '{guest['seat']}')")
    states: list[dict[str, Any]] = pages[0].evaluate(STATES)
    seen = next(state for state in states if state.get("seat") == guest["seat"])
    assert seen["name"] == "Sefina", json.dumps(seen)
    pages[1].context.close()
    pages[0].wait_for_function(f"() => !({STATES})().some((s) => s.seat === '{guest['seat']}')")
    pages[0].context.close()
