// The service worker: opening a room's link again works without a line. It keeps the shells of the
// pages with their scripts and styles (nothing of any room is in them), and hands one out only when
// the network does not answer; the room as it was last seen comes out of this device's own storage.
// The API, the panel, exports and everything typed never pass through here.
import { forgetPage, forgetRoom, forgetViews, keptRoom } from "./kept";

// What TypeScript's DOM library does not know of a worker's own world.
interface Lasting extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Lasting {
  request: Request;
  preloadResponse?: Promise<Response | undefined>;
  respondWith(answer: Promise<Response>): void;
}
interface Told extends Lasting {
  data: unknown;
}
interface World {
  /** Changes with any file a shell needs; the server writes it above this script. */
  talanoaVersion: string;
  registration: ServiceWorkerRegistration;
  clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener<E extends Event>(type: string, listener: (event: E) => void): void;
}
const world = self as unknown as World;

/** Milliseconds the network has for a page that is kept here: a weak line needs two for it. */
const PATIENCE = 4_000;

const CACHE = `talanoa-${world.talanoaVersion}`;
const SHELL = /^\/kept\/(\w+)\/([\w-]+)$/;
const ROOM = /^\/r\/([\w-]{1,16})(?:\/(board|me|memo|agenda))?\/?$/;
/** What stands where another page's shell would: the agenda is read by most, and written by few. */
const OR: Record<string, string[]> = { agenda: ["agenda", "outline"] };
/** What a shell needs: names that change with their contents. */
const NEEDED = /(?:src|href)="(\/(?:static\/assets|messages)\/[^"]+)"/g;
const FILES = /^\/(static\/assets|messages)\//;
/** Answers of something between this device and the server, which is on its way back. */
const BETWEEN = new Set([502, 503, 504]);

/** Fetches a shell and what it needs, as far as it is not kept yet. */
async function keep(address: string): Promise<void> {
  const cache = await caches.open(CACHE);
  if (await cache.match(address, { ignoreVary: true })) return;
  const shell = await fetch(address, { credentials: "omit" });
  if (!shell.ok) throw new Error(`${shell.status}`);
  const text = await shell.clone().text();
  for (const [, needed = ""] of text.matchAll(NEEDED))
    if (!(await cache.match(needed, { ignoreVary: true }))) await cache.add(needed);
  await cache.put(address, shell); // last: a shell that is kept is whole
}

function path(request: Request): string {
  return new URL(request.url).pathname;
}

/** The shells of earlier versions, anew: an update must not take away what worked. */
async function takeOver(): Promise<void> {
  const found = new Set<string>();
  for (const name of await caches.keys())
    if (name.startsWith("talanoa-") && name !== CACHE)
      for (const request of await (await caches.open(name)).keys())
        if (SHELL.test(path(request))) found.add(path(request));
  for (const address of found) await keep(address);
  await world.skipWaiting();
}

async function begin(): Promise<void> {
  for (const name of await caches.keys())
    if (name.startsWith("talanoa-") && name !== CACHE) await caches.delete(name);
  await world.registration.navigationPreload?.enable();
  await world.clients.claim();
}

/** A page says what it is, and in which language: shells of other languages go. */
async function asked(wanted: { pages: string[]; language: string }): Promise<void> {
  const addresses = wanted.pages.map((page) => `/kept/${page}/${wanted.language}`);
  for (const address of addresses.filter((each) => SHELL.test(each))) await keep(address);
  const cache = await caches.open(CACHE);
  for (const request of await cache.keys()) {
    const language = SHELL.exec(path(request))?.[2];
    if (language && language !== wanted.language) await cache.delete(request);
  }
}

/** The shell of a page, in whatever language there is one. */
async function shellOf(page: string): Promise<Response | undefined> {
  const cache = await caches.open(CACHE);
  for (const request of await cache.keys())
    if (SHELL.exec(path(request))?.[1] === page) return cache.match(request, { ignoreVary: true });
  return undefined;
}

/** What a page is without a line; nothing where this device has not seen its room. */
async function without(address: URL): Promise<Response | undefined> {
  if (address.pathname === "/j") return shellOf("join");
  const [, room = "", page = ""] = ROOM.exec(address.pathname) ?? [];
  if (!room) return undefined;
  const seen = await keptRoom(room);
  for (const name of OR[page] ?? (page ? [page] : [])) {
    // The board comes out of the room and its own document.
    const known = name === "board" ? seen : await keptRoom(room, name);
    const shell = known && (await shellOf(name));
    if (shell) return shell;
  }
  // Whoever never opened the page has no script for it: then the room itself opens.
  if (seen) return shellOf("room");
  // The exchange is over: what is left of it here is one's own words.
  return !page && (await keptRoom(room, "me")) ? shellOf("me") : undefined;
}

/** The network's answer whenever there is one. */
async function page(event: Fetching): Promise<Response> {
  const address = new URL(event.request.url);
  const network = Promise.resolve(event.preloadResponse).then(
    (early) => early ?? fetch(event.request),
  );
  event.waitUntil(network.then((answer) => outdated(address, answer)).catch(() => undefined));
  let waiting: number | undefined;
  const late = new Promise<undefined>((resolve) => {
    waiting = setTimeout(() => resolve(undefined), PATIENCE) as unknown as number;
  });
  const first = await Promise.race([network.catch(() => undefined), late]);
  clearTimeout(waiting);
  if (first && !BETWEEN.has(first.status)) return first;
  return (await without(address).catch(() => undefined)) ?? first ?? network;
}

/** The server says that there is no such room, or no seat of this device: nothing of it stays. */
async function outdated(address: URL, answer: Response): Promise<void> {
  const [, room = "", page = ""] = ROOM.exec(address.pathname) ?? [];
  if (!room) return;
  if (answer.status === 404 || answer.status === 410) await forgetRoom(room);
  else if (answer.status === 401) await forgetViews(room);
  else if (answer.status !== 403) return;
  // The memo is not open to everybody who has a seat.
  else if (page && page !== "board") await forgetPage(room, page);
  else await forgetViews(room);
}

async function file(request: Request): Promise<Response> {
  const kept = await caches.match(request.url, { ignoreVary: true }).catch(() => undefined);
  return kept ?? fetch(request);
}

world.addEventListener<Lasting>("install", (event) => event.waitUntil(takeOver()));
world.addEventListener<Lasting>("activate", (event) => event.waitUntil(begin()));
world.addEventListener<Told>("message", (event) => {
  const wanted = event.data as { pages?: unknown; language?: unknown };
  if (Array.isArray(wanted.pages) && typeof wanted.language === "string")
    event.waitUntil(asked(wanted as { pages: string[]; language: string }).catch(() => undefined));
});
world.addEventListener<Fetching>("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (request.url.startsWith(location.origin) && FILES.test(path(request)))
    event.respondWith(file(request));
});
