// The plan as this page holds it: what the server says, what is on its way, and what two people
// changed at once.
import type { Answer, Sent } from "../commands";
import type { Stage } from "../stage";
import type { PlanItem, PlanMessage, ServerMessage } from "../wire";
import type { AgendaBoot, Value } from "./types";

/** A change of one item; settings by name, null for the default. */
export interface Patch {
  minutes?: number;
  title?: string;
  notes?: string;
  lead?: string;
  rest?: number;
  rest_at?: number;
  settings?: Record<string, Value>;
}

interface Flight {
  patch: Patch;
  seen: PlanItem;
  request: string;
}

export class Plan extends EventTarget {
  now: PlanMessage;
  /** What somebody else changed while this person did, by item: this person's own wish. */
  readonly contested = new Map<string, Patch>();
  private readonly waiting = new Map<string, Patch>();
  private readonly flights = new Map<string, Flight>();
  private readonly moves = new Set<string>();
  private readonly watched = new Map<string, (done: boolean) => void>();
  private local: string[] | null = null;

  constructor(
    private readonly stage: Stage,
    boot: AgendaBoot,
  ) {
    super();
    this.now = boot.plan;
    stage.connection.addEventListener("message", (event) => {
      const message = (event as CustomEvent<ServerMessage>).detail;
      if (message.type === "plan") this.hear(message);
    });
    stage.commands.addEventListener("answer", (event) =>
      this.answered((event as CustomEvent<Answer>).detail),
    );
  }

  /** Items in the order the person sees: their own moves are not waited for. */
  get items(): PlanItem[] {
    const { items } = this.now;
    if (!this.local) return items;
    const order = this.local;
    return [...items].sort((a, b) => place(order, a.id) - place(order, b.id));
  }

  item(id: string): PlanItem | undefined {
    return this.now.items.find((item) => item.id === id);
  }

  /** The item as it will be once everything on its way has arrived. */
  shown(item: PlanItem): PlanItem {
    const patches = [this.flights.get(item.id)?.patch, this.waiting.get(item.id)];
    return patches.reduce<PlanItem>((made, patch) => (patch ? applied(made, patch) : made), item);
  }

  busy(id: string): boolean {
    return this.flights.has(id) || this.waiting.has(id);
  }

  // Changes

  /** Change an item; one change of an item is on its way at a time, the rest is gathered. `base`:
   *  the item as it was when the person began to write. */
  edit(id: string, patch: Patch, base?: PlanItem): void {
    const now = this.item(id);
    if (base && now && collides(base, now, patch)) {
      this.contested.set(id, patch);
      this.tell();
      return;
    }
    this.waiting.set(id, merged(this.waiting.get(id) ?? {}, patch));
    this.flush(id);
    this.tell();
  }

  /** Put an item after another one ("" first). */
  move(id: string, after: string): void {
    const order = this.items.map((item) => item.id);
    const was = order[order.indexOf(id) - 1] ?? "";
    if (after === was || after === id) return;
    const left = order.filter((each) => each !== id);
    left.splice(after ? left.indexOf(after) + 1 : 0, 0, id);
    this.local = left;
    this.moves.add(this.send({ type: "agenda.move", item: id, after, was }));
    this.tell();
  }

  add(kind: string, after: string | null): Promise<boolean> {
    // Somebody leads it unless another is named: nothing to be warned about.
    const wish = { settings: {}, title: null, notes: null, lead: "F" };
    return this.ask({ type: "agenda.add", kind, after, minutes: null, ...wish });
  }

  remove(item: PlanItem): void {
    this.send({ type: "agenda.remove", item: item.id, revision: item.revision });
  }

  frame(change: { starts?: number; minutes?: number; people?: number }): void {
    const { revision } = this.now.frame;
    this.send({
      type: "agenda.frame",
      revision,
      starts: null,
      minutes: null,
      people: null,
      ...change,
    });
  }

  use(template: string): Promise<boolean> {
    return this.ask({ type: "agenda.use", template, revision: this.now.revision });
  }

  bring(plan: unknown): Promise<boolean> {
    return this.ask({ type: "agenda.import", plan, revision: this.now.revision });
  }

  /** A command as it stands, such as the mend of a warning. */
  send(command: Record<string, unknown>): string {
    this.stage.refusal = null;
    return this.stage.commands.send(command, { seat: this.stage.seat });
  }

  private ask(command: Record<string, unknown>): Promise<boolean> {
    return new Promise((resolve) => this.watched.set(this.send(command), resolve));
  }

  private flush(id: string): void {
    const patch = this.waiting.get(id);
    const seen = this.item(id);
    if (!patch || this.flights.has(id)) return;
    this.waiting.delete(id);
    if (!seen) return;
    const { title, notes, settings, ...plain } = patch;
    const clear = [...(title === "" ? ["title"] : []), ...(notes === "" ? ["notes"] : [])];
    const request = this.send({
      type: "agenda.edit",
      item: id,
      revision: seen.revision,
      settings: settings ?? {},
      ...(title ? { title } : {}),
      ...(notes ? { notes } : {}),
      ...plain,
      clear,
    });
    this.flights.set(id, { patch, seen, request });
  }

  // Answers

  private hear(message: PlanMessage): void {
    if (message.seq < this.now.seq) return;
    this.now = message;
    for (const [id, flight] of this.flights) {
      const item = this.item(id);
      if (item?.revision === flight.seen.revision) continue;
      if (item && !this.stage.commands.pending(flight.request)) this.landed(id);
      else if (!item) this.landed(id);
    }
    if (!this.moves.size) this.local = null;
    this.tell();
  }

  private landed(id: string): void {
    this.flights.delete(id);
    this.flush(id);
  }

  private answered({ sent, message }: Answer): void {
    const done = message.type === "done";
    this.watched.get(sent.id)?.(done);
    this.watched.delete(sent.id);
    if (this.moves.delete(sent.id) && (!done || !this.moves.size)) {
      // The plan with the new order comes with the next tick; a refused move is taken back.
      if (!done) this.moves.clear();
      if (!done) this.local = null;
    }
    for (const [id, flight] of this.flights)
      if (flight.request === sent.id) this.after(id, sent, message);
    this.tell();
  }

  private after(id: string, _sent: Sent, message: Answer["message"]): void {
    const flight = this.flights.get(id);
    const item = this.item(id);
    if (!flight) return;
    if (message.type === "done") {
      if (item && item.revision !== flight.seen.revision) this.landed(id);
      return;
    }
    this.flights.delete(id);
    if (message.reason === "duplicate") {
      this.stage.refusal = null;
      this.flush(id);
      return;
    }
    if (message.reason !== "stale_phase" || !item || item.state !== "to come") {
      this.waiting.delete(id);
      return;
    }
    this.stage.refusal = null;
    const patch = merged(flight.patch, this.waiting.get(id) ?? {});
    this.waiting.delete(id);
    if (collides(flight.seen, item, patch)) this.contested.set(id, patch);
    else if (item.revision !== flight.seen.revision) this.edit(id, patch);
    else window.setTimeout(() => this.edit(id, patch), 200); // the newer plan is still on its way
  }

  /** The person's own wish holds after all, or is let go. */
  settle(id: string, mine: boolean): void {
    const patch = this.contested.get(id);
    this.contested.delete(id);
    if (mine && patch) this.edit(id, patch);
    this.tell();
  }

  private tell(): void {
    this.dispatchEvent(new Event("change"));
  }
}

function place(order: string[], id: string): number {
  const at = order.indexOf(id);
  return at < 0 ? order.length : at;
}

function merged(first: Patch, then: Patch): Patch {
  const settings = { ...first.settings, ...then.settings };
  return { ...first, ...then, ...(Object.keys(settings).length ? { settings } : {}) };
}

function applied(item: PlanItem, patch: Patch): PlanItem {
  const { settings, title, notes, ...plain } = patch;
  const set: Record<string, unknown> = { ...item.settings, ...settings };
  for (const [name, value] of Object.entries(set)) if (value === null) delete set[name];
  return {
    ...item,
    ...plain,
    settings: set,
    ...(title !== undefined ? { own: title || null, title: title || item.title } : {}),
    ...(notes !== undefined ? { notes: notes || null } : {}),
  };
}

/** Whether somebody else changed the very thing this person is changing. */
function collides(seen: PlanItem, now: PlanItem, patch: Patch): boolean {
  const { settings, title, notes, ...plain } = patch;
  const differs = (a: unknown, b: unknown) => JSON.stringify(a) !== JSON.stringify(b);
  if (title !== undefined && differs(seen.own, now.own)) return true;
  if (notes !== undefined && differs(seen.notes, now.notes)) return true;
  for (const name of Object.keys(settings ?? {}))
    if (differs(seen.settings[name], now.settings[name])) return true;
  return (Object.keys(plain) as (keyof typeof plain)[]).some((key) => differs(seen[key], now[key]));
}
