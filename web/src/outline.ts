// The outline of an exchange: start times in this person's own zone. What stands in the page is kept
// on this device, and drawn again without a line.
import { type Boot, readBoot } from "./boot";
import { hour, language, t, tn, useCatalogue } from "./i18n";
import { keepRoom, keptRoom, recordOf } from "./kept";
import { seenSentence } from "./seen";

interface Row {
  title: string;
  state: string;
  minutes: number;
  starts?: number | null;
  lead?: string | null;
}

interface Outline extends Boot {
  rows: Row[];
}

const PAGE = "outline";

function times(): void {
  for (const place of document.querySelectorAll<HTMLTimeElement>("time[data-at]")) {
    const at = Number(place.dataset.at);
    if (!at) continue;
    place.textContent = hour(at);
    place.hidden = false;
  }
}

/** Where a worker looks after this room, it keeps this page too. */
async function keep(boot: Outline): Promise<void> {
  const found = await navigator.serviceWorker?.getRegistration(`/r/${boot.room}`);
  if (!found?.active) return;
  found.active.postMessage({ pages: [PAGE], language: language() });
  const { room, title = "", rows } = boot;
  await keepRoom({
    ...{ id: recordOf(room, PAGE), room, at: Date.now(), offset: 0, language: language(), title },
    ...{ seat: "", device: "", seats: [], views: [], people: null, circles: {} },
    more: { rows } as Partial<Boot>,
  });
}

function part(name: string, look: string, ...inside: (string | HTMLElement)[]): HTMLElement {
  const made = document.createElement(name);
  made.className = look;
  made.append(...inside);
  return made;
}

/** A row as `outline.html` prints it. */
function drawn(row: Row): HTMLElement {
  const what = part("span", "what", row.title);
  what.dir = "auto";
  const grow = part("span", "grow", what);
  if (row.lead && row.state !== "done")
    grow.append(part("span", "note", part("bdi", "", row.lead)));
  const end = {
    now: part("span", "tag leaf", t("now")),
    done: part("span", "tag", t("done")),
    skipped: part("span", "tag", t("left out")),
  }[row.state];
  const when = part("span", "when nums", row.starts ? hour(row.starts) : "");
  const line = part(
    "div",
    "rowhead",
    grow,
    end ?? part("span", "mins nums", tn("{n} minute", "{n} minutes", row.minutes)),
  );
  const made = part("li", `item ${row.state.replace(" ", "")}`, when, part("div", "body", line));
  if (row.state === "now") made.setAttribute("aria-current", "step");
  return made;
}

/** Without a line: as this device last saw it. */
async function reopen(): Promise<void> {
  const room = /^\/r\/([\w-]+)/.exec(location.pathname)?.[1] ?? "";
  const kept = await keptRoom(room, PAGE);
  if (!kept) return location.replace("/j");
  const { rows = [] } = (kept.more ?? {}) as Partial<Outline>;
  const title = document.querySelector<HTMLElement>(".place b");
  if (title) title.textContent = kept.title;
  const back = document.querySelector<HTMLAnchorElement>("a.btn");
  if (back) back.href = `/r/${room}`;
  const seen = part("p", "refused seen", part("b", "", seenSentence(kept.at)));
  seen.setAttribute("role", "status");
  const list = rows.length
    ? part("ol", "plan outline", ...rows.map(drawn))
    : part("p", "quiet", t("Nothing is planned yet."));
  document.querySelector("h1")?.after(seen, list);
  window.addEventListener("online", () => location.reload());
}

const boot = readBoot() as Outline;
useCatalogue(boot.catalogue);
if (boot.kept) void reopen();
else {
  times();
  void keep(boot).catch(() => undefined); // Refused: the page itself is there.
}
