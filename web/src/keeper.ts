// Keeps what a page shows on this device while there is a line, and opens it again without one.
import { type Boot, readBoot } from "./boot";
import { learn, serverNow } from "./clock";
import { finished } from "./frame";
import { language, useCatalogue } from "./i18n";
import {
  forgetPage,
  forgetRoom,
  forgetViews,
  type KeptRoom,
  keepRoom,
  keptRoom,
  recordOf,
} from "./kept";
import { openStage, Stage } from "./stage";
import type { Lens, ServerMessage } from "./wire";

const WORKER = "/sw.js";
/** Where the worker looks after pages; the panel's and everybody's other pages pass through it. */
const SCOPES = ["/r/", "/j"];
/** Milliseconds after the line is there: a slow phone has the screen to draw first. */
const AFTER = 2_000;
/** Milliseconds over which views are gathered before they are written down. */
const GATHER = 1_000;
/** Why a line ended (`wire.CLOSE_CODES`): the room is gone; the seat went to another device with
 *  all its words; the seat is not this device's. */
const NO_ROOM = new Set([4404, 4410]);
const MOVED = 4411;
const NO_SEAT = new Set([4401, 4403, MOVED]);
/** Pages that are one person's: a device of several keeps none of them. */
const PERSONAL = ["me", "memo", "agenda"];
/** Of those, what is asked for again whenever there is a line, and where. */
const RENEWED: Record<string, "words" | "memo"> = { me: "words", memo: "memo" };
/** Answers that say: not any more. */
const NOT_ANY_MORE = new Set([401, 403, 404, 410]);
/** What the server says that a page is made of. */
const SAID = new Set(["view", "people", "device", "words", "plan"]);

interface Policies {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): {
    createScriptURL(url: string): string;
  };
}

/** Says that the worker's address is one of ours, where the policy asks for it. */
function trusted(): string {
  const { trustedTypes } = globalThis as { trustedTypes?: Policies };
  const rules = { createScriptURL: () => WORKER };
  return trustedTypes?.createPolicy("talanoa", rules).createScriptURL(WORKER) ?? WORKER;
}

/** Keeps the room, or a `page` of it with `more`, from now on. Where a browser has no service
 *  workers (plain http, the browsers in chat apps) nothing is kept: nobody could open it. */
export function keep(
  stage: Stage,
  pages: readonly string[],
  page = "",
  more?: () => Partial<Boot>,
): void {
  if (!navigator.serviceWorker) return;
  const { connection, boot } = stage;
  let able = false;
  let writing: number | undefined;

  const write = (at = Date.now()) => {
    window.clearTimeout(writing);
    writing = undefined;
    if (!able || connection.ending || stage.kept) return;
    const several = page && boot.seats.length > 1;
    if (several) void forgetPage(boot.room, page);
    if (several && stage.lens !== "seat") return;
    // An exchange that is over is nobody's business who borrows the phone next week.
    if ((several || !page) && stage.view && finished(stage.view)) void forgetPage(boot.room, "");
    else void keepRoom(several ? record(stage, at, "") : record(stage, at, page, more));
  };
  const begin = async () => {
    try {
      const script = trusted();
      for (const scope of SCOPES) await navigator.serviceWorker.register(script, { scope });
      const { active } = await navigator.serviceWorker.ready;
      active?.postMessage({ pages, language: language() });
      await leave(boot);
      able = true;
      if (connection.connected) write();
      await renew(boot.room, page);
    } catch {
      // Refused: everything goes on as it did.
    }
  };

  connection.addEventListener("open", () => window.setTimeout(() => void begin(), AFTER), {
    once: true,
  });
  connection.addEventListener("message", (event) => {
    const { type } = (event as CustomEvent<ServerMessage>).detail;
    if (type === "device") void leave(boot);
    if (SAID.has(type)) writing ??= window.setTimeout(write, GATHER);
  });
  stage.addEventListener("loaded", () => {
    writing ??= window.setTimeout(write, GATHER);
  });
  stage.addEventListener("done", (event) => {
    const { payload } = (event as CustomEvent<{ payload: { command: { type?: unknown } } }>).detail;
    if (payload.command.type === "seat.leave")
      for (const each of PERSONAL) void forgetPage(boot.room, each);
  });
  let line = connection.line;
  connection.addEventListener("change", () => {
    if (connection.line === line) return;
    if (line === "connected" && connection.line !== "ended") write(connection.since || undefined);
    line = connection.line;
    const { ending } = connection;
    if (line !== "ended" || !ending) return;
    window.clearTimeout(writing);
    const taken = ending.code === MOVED && !stage.unsaved.count;
    if (NO_ROOM.has(ending.code) || taken) void forgetRoom(boot.room);
    else if (NO_SEAT.has(ending.code)) void forgetViews(boot.room);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && connection.connected) write();
  });
}

/** Seats that went to another device while no page of the room was open here: their words go. So
 *  does what only one person, or only a facilitator, may see, where that is not so any more. */
async function leave({ room, seats }: Boot): Promise<void> {
  const here = new Set(seats.map((each) => each.seat));
  const before = (await keptRoom(room))?.seats ?? [];
  for (const { seat } of before)
    if (!here.has(seat)) indexedDB.deleteDatabase(`talanoa/${room}/mine/${seat}`);
  // One person's screen has no cover: it is not opened where there are several by now.
  if (before.length && before.length < seats.length) await forgetPage(room, "");
  const leads = seats.some((each) => each.role === "facilitator");
  for (const page of PERSONAL) {
    const kept = await keptRoom(room, page);
    if (!kept) continue;
    const led = page === "agenda" || kept.more?.lens === "panel";
    if (seats.length > 1 || !here.has(kept.seat) || (led && !leads)) await forgetPage(room, page);
  }
}

/** What is kept of the other pages is asked for again: what was taken back elsewhere, or may not be
 *  seen any more, must not be found here. */
async function renew(room: string, here: string): Promise<void> {
  for (const [page, name] of Object.entries(RENEWED)) {
    const kept = page === here ? null : await keptRoom(room, page);
    if (!kept) continue;
    const headers: Record<string, string> = kept.tag ? { "if-none-match": kept.tag } : {};
    const address = `/api/rooms/${room}/${name}${name === "words" ? `?seat=${kept.seat}` : ""}`;
    const answer = await fetch(address, { headers });
    if (NOT_ANY_MORE.has(answer.status)) await forgetPage(room, page);
    const fresh = answer.ok ? { [name]: (await answer.json()) as unknown } : {};
    if (answer.ok || answer.status === 304)
      await keepRoom({
        ...kept,
        at: Date.now(),
        tag: answer.headers.get("etag") ?? "",
        more: { ...kept.more, ...fresh },
      });
  }
}

function record(stage: Stage, at: number, page: string, more?: () => Partial<Boot>): KeptRoom {
  const { boot } = stage;
  const views = [...stage.views.values()];
  return {
    id: recordOf(boot.room, page),
    ...(page ? { room: boot.room, more: { lens: stage.lens, ...more?.() } } : {}),
    at,
    offset: serverNow() - Date.now(),
    language: language(),
    title: stage.view?.room.title ?? boot.title ?? "",
    seat: boot.seat,
    device: boot.device,
    seats: boot.seats,
    // Pages beside the room show nothing of the step, and offer nothing that may be over.
    views: page ? views.map((view) => ({ ...view, blocks: [], may: [] })) : views,
    people: stage.people,
    circles: boot.circles ?? {},
  };
}

/** The page's stage: as the server printed it, or as this device last saw it; null where a link has
 *  no seat here (then nothing of the page stays either). */
export async function stageOf(lens: Lens, page: string): Promise<Stage | null> {
  const { kept, room } = readBoot();
  if (kept) return reopen(lens, page);
  const stage = openStage(lens);
  if (!stage && room) void forgetPage(room, page);
  return stage;
}

/** Without a line the worker hands out a shell: the room comes from this device. */
export async function reopen(lens: Lens, page = ""): Promise<Stage | null> {
  const shell = readBoot();
  if (!shell.kept) return null;
  useCatalogue(shell.catalogue);
  const room = /^\/r\/([\w-]+)/.exec(location.pathname)?.[1];
  const kept = room ? await keptRoom(room, page) : null;
  if (!kept) {
    location.replace("/j");
    return null;
  }
  const { at, offset, title, seat, device, seats, circles } = kept;
  const boot: Boot = {
    ...shell,
    ...kept.more,
    room: kept.room ?? kept.id,
    title,
    seat,
    device,
    seats,
    circles,
    lens: kept.more?.lens ?? lens,
    seen: at,
  };
  const stage = new Stage(boot, boot.lens);
  learn(Date.now() + offset);
  for (const view of kept.views) stage.views.set(view.seat, view);
  stage.people = kept.people;
  return stage;
}
