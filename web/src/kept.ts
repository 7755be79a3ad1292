// What this device keeps of a room so that its link opens without a line: the last views of the
// seats that are on it, one record a room and one for each other page that was opened, and which
// link leads to which room (hashed: the secret itself is kept nowhere). Read by pages and by the
// service worker.
import type { Boot } from "./boot";
import type { PeopleMessage, ViewMessage } from "./wire";

/** A room as it was last seen here. No token, no key of a form, no secret. */
export interface KeptRoom {
  /** The room, or "{room}/{page}". */
  id: string;
  /** The room of a page. */
  room?: string;
  /** When it was last seen with a line (ms, this device's clock). */
  at: number;
  /** The server's clock less this device's (ms). */
  offset: number;
  language: string;
  title: string;
  seat: string;
  device: string;
  seats: Boot["seats"];
  views: ViewMessage[];
  people: PeopleMessage | null;
  circles: Record<string, string>;
  /** What else a page needs: words, memo, plan. */
  more?: Partial<Boot>;
  /** The server's mark of what was read, to ask whether it is still the same. */
  tag?: string;
}

interface KeptLink {
  /** The SHA-256 of a link's secret, in hexadecimal. */
  id: string;
  room: string;
  at: number;
}

/** Milliseconds a room is kept: from one evening to the call a fortnight later. */
const KEPT_FOR = 15 * 86_400_000;

const NAME = "talanoa-kept";
const ROOMS = "rooms";
const LINKS = "links";

function opened(): Promise<IDBDatabase | null> {
  return new Promise((resolve) => {
    try {
      const request = indexedDB.open(NAME, 1);
      request.onupgradeneeded = () => {
        for (const store of [ROOMS, LINKS])
          request.result.createObjectStore(store, { keyPath: "id" });
      };
      request.onsuccess = () => resolve(request.result);
      request.onerror = request.onblocked = () => resolve(null);
    } catch {
      resolve(null);
    }
  });
}

/** One transaction; null where this device keeps nothing. */
async function run<R>(
  mode: IDBTransactionMode,
  work: (rooms: IDBObjectStore, links: IDBObjectStore) => IDBRequest<R>,
): Promise<R | null> {
  const db = await opened();
  if (!db) return null;
  return new Promise<R | null>((resolve) => {
    try {
      const transaction = db.transaction([ROOMS, LINKS], mode);
      const request = work(transaction.objectStore(ROOMS), transaction.objectStore(LINKS));
      transaction.oncomplete = () => resolve(request.result ?? null);
      transaction.onerror = transaction.onabort = () => resolve(null);
    } catch {
      resolve(null);
    }
  }).finally(() => db.close());
}

/** Deletes what lies too long, or belongs to this room. */
function clean(store: IDBObjectStore, room?: string): void {
  const walk = store.openCursor();
  walk.onsuccess = () => {
    const cursor = walk.result;
    if (!cursor) return;
    const { id, room: of, at } = cursor.value as { id: string; room?: string; at: number };
    if (at < Date.now() - KEPT_FOR || (room && (of ?? id) === room)) cursor.delete();
    cursor.continue();
  };
}

export async function keepRoom(kept: KeptRoom): Promise<void> {
  await run("readwrite", (rooms, links) => {
    clean(links);
    clean(rooms);
    return rooms.put(kept);
  });
}

/** Under which name a page of a room is kept; "" is the room itself. */
export function recordOf(room: string, page: string): string {
  return page ? `${room}/${page}` : room;
}

/** The room, or a page of it, as it was last seen here, if that is not too long ago. */
export async function keptRoom(room: string, page = ""): Promise<KeptRoom | null> {
  const kept = await run<KeptRoom>("readonly", (rooms) => rooms.get(recordOf(room, page)));
  return kept && kept.at > Date.now() - KEPT_FOR ? kept : null;
}

/** One page of a room goes; with the room itself what its links lead to. */
export async function forgetPage(room: string, page: string): Promise<void> {
  await run("readwrite", (rooms, links) => {
    if (!page) clean(links, room);
    return rooms.delete(recordOf(room, page));
  });
}

/** All that was seen of a room goes, and what its links lead to; what people wrote here stays. */
export async function forgetViews(room: string): Promise<void> {
  await run("readwrite", (rooms, links) => {
    clean(links, room);
    clean(rooms, room);
    return rooms.count();
  });
}

/** Everything of a room goes from this device: views, boards, drafts, commands. */
export async function forgetRoom(room: string): Promise<void> {
  await forgetViews(room);
  // Where a browser cannot list them they go with its own clearing.
  const all = (await indexedDB.databases?.().catch(() => [])) ?? [];
  const ofRoom = new RegExp(`^talanoa(/${room}/|-(commands|tray|byhand)-${room}$)`);
  for (const { name } of all) if (name && ofRoom.test(name)) indexedDB.deleteDatabase(name);
}

async function hashed(secret: string): Promise<string> {
  if (!crypto.subtle) return "";
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(secret));
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Remembers to which room a link led. */
export async function keepLink(secret: string, room: string): Promise<void> {
  const id = await hashed(secret);
  if (id) await run("readwrite", (_, links) => links.put({ id, room, at: Date.now() }));
}

/** The room a link led to before, if that room is kept here. */
export async function roomOfLink(secret: string): Promise<string> {
  const id = await hashed(secret);
  const found = id ? await run<KeptLink>("readonly", (_, links) => links.get(id)) : null;
  return found && (await keptRoom(found.room)) ? found.room : "";
}
