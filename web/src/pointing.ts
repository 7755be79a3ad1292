// Where others point, in few bytes, as the server writes it for pages that ask (`rooms/pointing.py`):
// a device is introduced once with its state and a number, after that only what moves comes.
import { createDecoder, hasContent, readVarString, readVarUint } from "lib0/decoding";
import type { Awareness } from "y-protocols/awareness";

const GONE = 0;
const WHOLE = 1;
const POINTER = 2;
const OTHER = 3;
const BEFORE = 4;
const INSIDE = 5;
const AFRESH = 7;

type State = Record<string, unknown>;

export class Pointing {
  /** Which client each number stands for. */
  private readonly clients = new Map<number, number>();

  constructor(
    private readonly awareness: Awareness,
    /** Whom the changes come from, as the awareness is told. */
    private readonly origin: unknown,
  ) {}

  /** Takes one payload, and tells the awareness once. */
  take(data: Uint8Array): void {
    const from = createDecoder(data);
    const before = new Set(this.awareness.getStates().keys());
    const changed = new Set<number>();
    while (hasContent(from)) {
      const head = readVarUint(from);
      const number = Math.floor(head / 8);
      const client = this.clients.get(number);
      switch (head % 8) {
        case AFRESH:
          for (const each of before) this.set(each, null, changed);
          this.clients.clear();
          break;
        case WHOLE: {
          const id = readVarUint(from);
          const clock = readVarUint(from);
          const state = JSON.parse(readVarString(from)) as State;
          this.clients.set(number, id);
          this.set(id, state, changed, clock);
          break;
        }
        case GONE:
          this.set(client, null, changed);
          this.clients.delete(number);
          break;
        case POINTER:
          this.move(client, { pointer: [readVarUint(from), readVarUint(from)] }, changed);
          break;
        case OTHER:
          this.move(client, JSON.parse(readVarString(from)) as State, changed);
          break;
        case BEFORE: {
          const item = { client: readVarUint(from), clock: readVarUint(from) };
          this.move(client, { cursor: { type: null, tname: null, item, assoc: 0 } }, changed);
          break;
        }
        case INSIDE: {
          const type = { client: readVarUint(from), clock: readVarUint(from) };
          this.move(client, { cursor: { type, tname: null, item: null, assoc: 0 } }, changed);
          break;
        }
        default:
          this.move(client, {}, changed);
      }
    }
    this.tell(before, changed);
  }

  private move(client: number | undefined, moving: State, changed: Set<number>): void {
    const known = client === undefined ? undefined : this.awareness.getStates().get(client);
    if (!known) return; // introduced in what was lost: all is told again
    const { pointer: _pointer, cursor: _cursor, ...rest } = known;
    this.set(client, { ...rest, ...moving }, changed);
  }

  private set(
    client: number | undefined,
    state: State | null,
    changed: Set<number>,
    clock?: number,
  ): void {
    // One's own state is one's own.
    if (client === undefined || client === this.awareness.clientID) return;
    const { states, meta } = this.awareness;
    if (state) states.set(client, state);
    else states.delete(client);
    const last = clock ?? (meta.get(client)?.clock ?? 0) + 1;
    meta.set(client, { clock: last, lastUpdated: Date.now() });
    changed.add(client);
  }

  private tell(before: Set<number>, changed: Set<number>): void {
    if (!changed.size) return;
    const { states } = this.awareness;
    const told: Record<"added" | "updated" | "removed", number[]> = {
      added: [],
      updated: [],
      removed: [],
    };
    for (const client of changed) {
      if (states.has(client)) told[before.has(client) ? "updated" : "added"].push(client);
      else if (before.has(client)) told.removed.push(client);
    }
    this.awareness.emit("change", [told, this.origin]);
    this.awareness.emit("update", [told, this.origin]);
  }
}
