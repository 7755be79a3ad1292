// What the server printed into the page: read once, as data.
import type { Lens, ViewMessage, WordsMessage } from "./wire";

interface SeatOfDevice {
  seat: string;
  name: string;
  language?: string;
  role?: string;
}

/** Sentences by English source text: one text, or the forms of a plural. */
export type Messages = Record<string, string | string[]>;

export interface Catalogue {
  language: string;
  direction: "ltr" | "rtl";
  /** Only where no file of sentences goes before the script (`server/messages.py`). */
  messages?: Messages;
  plurals: Record<string, number>;
}

export interface Boot {
  page: string;
  room: string;
  title?: string;
  /** The seat this page shows first. */
  seat: string;
  seats: SeatOfDevice[];
  lens: Lens;
  device: string;
  view: ViewMessage | null;
  catalogue: Catalogue;
  /** Each by its own name; `checked`: the native readers who read it through. */
  languages: { code: string; name: string; direction: string; checked: string }[];
  /** Path of the websocket. */
  sync: string;
  /** A device token, only where cookies were refused. */
  token?: string;
  /** Wall and panel: where to come in. */
  join_url?: string;
  qr?: { size: number; path: string } | null;
  /** Page "me": the first `words` message. */
  words?: WordsMessage;
  /** Page "memo": the draft as a tree. */
  memo?: unknown;
  /** Page "agenda": the plan, and what it is made of (`agenda/types.ts`). */
  plan?: unknown;
  /** Where a page without a seat posts the secret of its link. */
  recover?: string;
  /** Page "board": names of the circles that may be named. */
  circles?: Record<string, string>;
  /** A shell without a room in it, which a device keeps (`server/offline.py`). */
  kept?: boolean;
  /** Opened out of such a shell: when the room was last seen here (ms, this device's clock). */
  seen?: number;
}

/** The page's data block, or an empty one on pages without. */
export function readBoot(): Boot {
  const text = document.getElementById("boot")?.textContent;
  return (text ? JSON.parse(text) : {}) as Boot;
}
