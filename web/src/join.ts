// Join: exchange the secret of the link for a cookie, and add people who share the device.
import "./front";
import { keepLink, roomOfLink } from "./kept";

/** Milliseconds the network has, where this device keeps the room (as in `worker.ts`). */
const PATIENCE = 4_000;

const enter = document.getElementById("enter");
const secret = location.hash.slice(1);
if (enter && secret) void exchange(enter, secret);
else if (enter && enter.dataset.kept !== undefined) tell(enter, undefined);

/** The link's secret goes by POST, and out of the address bar; the page then knows the room. */
async function exchange(place: HTMLElement, given: string): Promise<void> {
  const form = place.querySelector("form");
  const head = place.querySelector("h1");
  const before = head?.textContent ?? "";
  if (head) head.textContent = `${place.dataset.busy ?? ""}…`;
  if (form) form.hidden = true;
  history.replaceState(null, "", location.pathname + location.search);
  const known = await roomOfLink(given).catch(() => "");
  const patience = new AbortController();
  if (known) window.setTimeout(() => patience.abort(), PATIENCE);
  try {
    const answer = await fetch("/api/enter", {
      method: "POST",
      signal: patience.signal,
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ secret: given }),
    });
    if (answer.ok) {
      // Who has a seat here already goes straight back to it.
      const { path, room, kind } = (await answer.json()) as Record<string, string>;
      if (!path) throw new Error("no path");
      if (room && kind === "join") await keepLink(given, room).catch(() => undefined);
      if (path === location.pathname) location.reload();
      else location.replace(path);
      return;
    }
    const told = (await answer.json().catch(() => null)) as { error?: { message?: string } } | null;
    tell(place, told?.error?.message);
  } catch {
    // Without a line the room opens as it was last seen here.
    if (known) {
      location.replace(`/r/${known}`);
      return;
    }
    tell(place, undefined);
  }
  if (head) head.textContent = before;
  if (form) form.hidden = false;
}

function tell(place: HTMLElement, message: string | undefined): void {
  const line = document.createElement("p");
  line.className = "wrong";
  line.setAttribute("role", "alert");
  line.textContent = message ?? place.dataset.trouble ?? "";
  place.querySelector("form")?.before(line);
}

const more = document.getElementById("more");
const add = document.getElementById("add");
if (more && add) {
  add.hidden = false;
  add.addEventListener("click", () => {
    const row = document.createElement("p");
    row.className = "person";
    const box = document.createElement("input");
    box.className = "inp";
    box.name = "more";
    box.maxLength = 60;
    box.dir = "auto";
    box.setAttribute("aria-label", more.dataset.label ?? "");
    box.placeholder = more.dataset.label ?? "";
    const away = document.createElement("button");
    away.className = "btn icon";
    away.type = "button";
    away.setAttribute("aria-label", more.dataset.remove ?? "");
    const cross = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    cross.setAttribute("class", "i");
    cross.setAttribute("aria-hidden", "true");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    use.setAttribute("href", "#i-cross");
    cross.append(use);
    away.append(cross);
    away.addEventListener("click", () => {
      row.remove();
      add.focus();
    });
    row.append(box, away);
    more.append(row);
    box.focus();
  });
}
