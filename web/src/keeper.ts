// Keeps what a page shows on this device while there is a line, and opens it again without one.
import { type Boot, readBoot } from "./boot";
import { learn, serverNow } from "./clock";
import { finished } from "./frame";
import { language, useCatalogue } from "./i18n";
import { forgetRoom, forgetViews, type KeptRoom, keepRoom, keptRoom } from "./kept";
import { Stage } from "./stage";
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

/** Keeps the room from now on. Where a browser has no service workers (plain http, the browsers in
 *  chat apps) nothing is kept: nobody could open it. */
export function keep(stage: Stage, pages: readonly string[]): void {
  if (!navigator.serviceWorker) return;
  const { connection, boot } = stage;
  let able = false;
  let writing: number | undefined;

  const write = (at = Date.now()) => {
    window.clearTimeout(writing);
    writing = undefined;
    if (!able || connection.ending || stage.kept) return;
    // An exchange that is over is nobody's business who borrows the phone next week.
    if (stage.view && finished(stage.view)) void forgetViews(boot.room);
    else void keepRoom(record(stage, at));
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
    } catch {
      // Refused: everything goes on as it did.
    }
  };

  connection.addEventListener("open", () => window.setTimeout(() => void begin(), AFTER), {
    once: true,
  });
  connection.addEventListener("message", (event) => {
    const { type } = (event as CustomEvent<ServerMessage>).detail;
    if (type === "view" || type === "people" || type === "device")
      writing ??= window.setTimeout(write, GATHER);
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

/** Seats that went to another device while no page of the room was open here: their words go. */
async function leave(boot: Boot): Promise<void> {
  const here = new Set(boot.seats.map((each) => each.seat));
  for (const { seat } of (await keptRoom(boot.room))?.seats ?? [])
    if (!here.has(seat)) indexedDB.deleteDatabase(`talanoa/${boot.room}/mine/${seat}`);
}

function record(stage: Stage, at: number): KeptRoom {
  const { boot } = stage;
  return {
    id: boot.room,
    at,
    offset: serverNow() - Date.now(),
    language: language(),
    title: stage.view?.room.title ?? boot.title ?? "",
    seat: boot.seat,
    device: boot.device,
    seats: boot.seats,
    views: [...stage.views.values()],
    people: stage.people,
    circles: boot.circles ?? {},
  };
}

/** Without a line the worker hands out a shell: the room comes from this device. */
export async function reopen(lens: Lens): Promise<Stage | null> {
  const shell = readBoot();
  if (!shell.kept) return null;
  useCatalogue(shell.catalogue);
  const room = /^\/r\/([\w-]+)/.exec(location.pathname)?.[1];
  const kept = room ? await keptRoom(room) : null;
  if (!kept) {
    location.replace("/j");
    return null;
  }
  const { at, offset, title, seat, device, seats, circles } = kept;
  const boot: Boot = {
    ...shell,
    room: kept.id,
    title,
    seat,
    device,
    seats,
    circles,
    lens,
    seen: at,
  };
  const stage = new Stage(boot, lens);
  learn(Date.now() + offset);
  for (const view of kept.views) stage.views.set(view.seat, view);
  stage.people = kept.people;
  return stage;
}
