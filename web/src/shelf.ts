// The cards of one document as plain facts. One observer hears every change and passes it on by
// path: to the one card it concerns, and to the lists only when a card came, went or was moved.
import * as Y from "yjs";
import { type Rendering, readRenderings } from "./renderings";

/** A card as it is read: believing nothing, a wrong type reads as empty. */
export interface Facts {
  id: string;
  kind: string;
  text: string;
  author: string;
  language: string;
  section: string;
  theme: string;
  order: string;
  created: number;
  group: string;
  activity: string;
  scope: string;
  origin: string;
  ticks: readonly string[];
  /** The id of its picture, and what is on it. */
  photo: string;
  alt: string;
  /** What it says in other languages. */
  renderings: readonly Rendering[];
}

/** A column or heading of a board, made by the room. */
interface SectionFacts {
  id: string;
  title: string;
  order: string;
}

/** What a list is sorted by: order, then age, then id; as the server does. */
export type Rank = readonly [order: string, created: number, id: string];

/** Fields that say where a card stands, or whether it is listed at all. */
const PLACE: ReadonlySet<string> = new Set(["theme", "section", "order", "kind", "created"]);

/** Where a card is shown while the command that moves it is on its way. */
interface Held {
  theme: string;
  section: string;
  rank: Rank;
}

function word(card: Y.Map<unknown>, key: string): string {
  const value = card.get(key);
  return typeof value === "string" ? value : "";
}

function ticked(card: Y.Map<unknown>): string[] {
  const ticks = card.get("ticks");
  if (!(ticks instanceof Y.Map)) return [];
  const seats: string[] = [];
  ticks.forEach((on, seat) => {
    if (on === true) seats.push(seat);
  });
  return seats;
}

function read(id: string, card: Y.Map<unknown>): Facts {
  const text = card.get("text");
  return {
    id,
    kind: word(card, "kind"),
    text: text instanceof Y.Text ? text.toString() : "",
    author: id.slice(0, Math.max(0, id.lastIndexOf("-"))),
    language: word(card, "language"),
    section: word(card, "section"),
    theme: word(card, "theme"),
    order: word(card, "order"),
    created: Number(card.get("created") ?? 0) || 0,
    group: word(card, "group"),
    activity: word(card, "activity"),
    scope: word(card, "scope"),
    origin: word(card, "origin"),
    ticks: ticked(card),
    photo: word(card, "photo"),
    alt: word(card, "alt"),
    renderings: readRenderings(card.get("renderings")),
  };
}

/** Whether one rank stands before another. */
export function before(a: Rank, b: Rank): number {
  if (a[0] !== b[0]) return a[0] < b[0] ? -1 : 1;
  if (a[1] !== b[1]) return a[1] - b[1];
  return a[2] < b[2] ? -1 : a[2] > b[2] ? 1 : 0;
}

export class Shelf {
  private readonly facts = new Map<string, Facts>();
  private readonly held = new Map<string, Held>();
  private readonly watchers = new Map<string, Set<() => void>>();
  private readonly listeners = new Set<(moved: ReadonlySet<string>) => void>();
  /** Called with every card that changed, for those who search in texts. */
  changed: ((cards: ReadonlySet<string>) => void) | undefined;
  private readonly cards: Y.Map<unknown>;
  private readonly heads: Y.Map<unknown>;

  constructor(
    readonly doc: Y.Doc,
    root = "cards",
  ) {
    this.cards = doc.getMap(root);
    this.heads = doc.getMap("sections");
    this.cards.forEach((card, id) => {
      if (card instanceof Y.Map) this.facts.set(id, read(id, card));
    });
    this.cards.observeDeep(this.hear);
    this.heads.observeDeep(this.headed);
  }

  close(): void {
    this.cards.unobserveDeep(this.hear);
    this.heads.unobserveDeep(this.headed);
    this.watchers.clear();
    this.listeners.clear();
  }

  get(id: string): Facts | undefined {
    return this.facts.get(id);
  }

  all(): IterableIterator<Facts> {
    return this.facts.values();
  }

  /** The shared text of a card, for its author to type into. */
  text(id: string): Y.Text | undefined {
    const card = this.cards.get(id);
    const text = card instanceof Y.Map ? card.get("text") : undefined;
    return text instanceof Y.Text ? text : undefined;
  }

  /** Its author says in which language they wrote a card. */
  speak(id: string, code: string): void {
    const card = this.cards.get(id);
    if (card instanceof Y.Map) card.set("language", code);
  }

  /** The map of all cards, for an undo manager. */
  get root(): Y.Map<unknown> {
    return this.cards;
  }

  sections(): SectionFacts[] {
    const found: SectionFacts[] = [];
    this.heads.forEach((head, id) => {
      if (!(head instanceof Y.Map)) return;
      found.push({ id, title: word(head, "title") || id, order: word(head, "order") });
    });
    return found.sort((a, b) => before([a.order, 0, a.id], [b.order, 0, b.id]));
  }

  /** Themes in their order. */
  themes(): Facts[] {
    const found = [...this.facts.values()].filter((card) => card.kind === "theme");
    return found.sort((a, b) => before(this.rank(a.id), this.rank(b.id)));
  }

  rank(id: string): Rank {
    const held = this.held.get(id);
    if (held) return held.rank;
    const card = this.facts.get(id);
    return [card?.order ?? "", card?.created ?? 0, id];
  }

  /** Where a card stands, or is shown while it is on its way there. */
  place(id: string): { theme: string; section: string } {
    const card = this.held.get(id) ?? this.facts.get(id);
    return { theme: card?.theme ?? "", section: card?.section ?? "" };
  }

  /** Ids of one section or of all (""), of some kinds or of all, in order. */
  listed(section: string, kinds: readonly string[]): string[] {
    const found: string[] = [];
    for (const card of this.facts.values()) {
      if (section && card.section !== section) continue;
      if (kinds.length && !kinds.includes(card.kind)) continue;
      found.push(card.id);
    }
    return found.sort((a, b) => before(this.rank(a), this.rank(b)));
  }

  /** Shows a card where it will stand, until the document says so or `release` is called. */
  hold(id: string, { theme, section }: { theme: string; section: string }, rank: Rank): void {
    this.held.set(id, { theme, section, rank });
    this.tell(new Set(), new Set([id]));
  }

  release(id: string): void {
    if (this.held.delete(id)) this.tell(new Set(), new Set([id]));
  }

  holds(id: string): boolean {
    return this.held.has(id);
  }

  /** Called when this one card changes. */
  watch(id: string, look: () => void): () => void {
    const all = this.watchers.get(id) ?? new Set();
    this.watchers.set(id, all.add(look));
    return () => {
      all.delete(look);
      if (!all.size) this.watchers.delete(id);
    };
  }

  /** Called with the cards that came, went or moved; nothing: a heading has changed. */
  follow(listener: (moved: ReadonlySet<string>) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** One card looks again: something about it that is not in the document has changed. */
  look(id: string): void {
    for (const look of this.watchers.get(id) ?? []) look();
  }

  /** Every card looks again: somebody's name has changed. */
  again(): void {
    for (const all of this.watchers.values()) for (const look of all) look();
  }

  private readonly hear = (events: Y.YEvent<Y.AbstractType<unknown>>[]) => {
    const touched = new Set<string>();
    const moved = new Set<string>();
    for (const event of events) {
      const [id] = event.path;
      const keys = event instanceof Y.YMapEvent ? event.keysChanged : new Set<string>();
      if (id === undefined) {
        for (const key of keys as Set<string>) {
          touched.add(key);
          moved.add(key);
        }
        continue;
      }
      touched.add(String(id));
      if (event.path.length > 1) continue;
      for (const key of keys as Set<string>) if (PLACE.has(key)) moved.add(String(id));
    }
    for (const id of touched) {
      const card = this.cards.get(id);
      const old = this.facts.get(id);
      if (card instanceof Y.Map) this.facts.set(id, read(id, card));
      else this.facts.delete(id);
      // A theme is a heading of the lists.
      if ((this.facts.get(id) ?? old)?.kind === "theme") moved.add(id);
    }
    for (const id of moved) this.held.delete(id);
    this.tell(touched, moved);
  };

  private readonly headed = () => this.tell(new Set(), new Set());

  private tell(touched: ReadonlySet<string>, moved: ReadonlySet<string>): void {
    for (const id of touched) this.look(id);
    if (touched.size) this.changed?.(touched);
    // A card whose text alone changed stays in its list; headings are few.
    if (!touched.size || moved.size) for (const listener of this.listeners) listener(moved);
  }
}
