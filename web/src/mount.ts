// Puts a page's element where the server printed its first paint; it replaces that at once.
import { takeEarly } from "./early";
import { keepFocus } from "./focus";
import type { StagePart } from "./frame";
import { t } from "./i18n";
import { watchHeight } from "./low";
import type { Stage } from "./stage";
import { keepSteady } from "./steady";

/** Puts a page's element into the place the server printed it in. `offers`: whether its buttons may
 *  change under a thumb. */
export function mount(tag: string, stage: Stage, offers = true): void {
  const place = document.getElementById("talanoa");
  const page = document.createElement(tag) as StagePart;
  page.stage = stage;
  if (place) takeEarly(place, stage);
  place?.replaceChildren(page);
  if (!place) return;
  watchHeight();
  keepFocus(place);
  if (offers) keepSteady(place);
}

/** A slow phone has read a script for a tenth of a second: what was tapped meanwhile goes first. */
export function breath(): Promise<void> {
  return new Promise((resolve) => window.setTimeout(resolve));
}

/** A link carried its secret in the fragment: exchange it for a cookie, then load the page with a
 *  clean address. Returns whether there was one. */
export async function recover(room: string): Promise<boolean> {
  const secret = location.hash.slice(1);
  if (!secret) return false;
  history.replaceState(null, "", location.pathname + location.search);
  const answer = await fetch(`/api/rooms/${room}/recover`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ secret }),
  });
  if (answer.ok) location.replace(location.pathname);
  return answer.ok;
}

/** Starts a page that a link may have opened without a seat yet. */
export async function enter(
  stage: Stage | null,
  room: string,
  tag: string,
  offers = true,
): Promise<void> {
  const came = location.hash.length > 1 && room ? await recover(room).catch(() => false) : false;
  if (came) return;
  if (stage) return mount(tag, stage, offers);
  const head = document.querySelector("#talanoa h1");
  const text = head?.nextElementSibling;
  if (!head || !text) return;
  head.textContent = t("This link does not open anything");
  text.textContent = t(
    "It may be old or cut short. Ask for it again, or open it on the device you used before.",
  );
  const way = document.createElement("a");
  way.className = "btn";
  way.href = "/j";
  way.textContent = t("Come in with a code");
  const line = document.createElement("p");
  line.append(way);
  text.after(line);
}
