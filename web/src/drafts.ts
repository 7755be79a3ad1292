// Drafts: everything a person types, kept in their own document `mine/{seat}` until it is sent.
import * as Y from "yjs";
import type { Connection, Shared } from "./connection";
import { Drawer, freshId, type Kept } from "./keep";
import { over } from "./sizes";

/** Text that was refused or lost its box; the person decides what becomes of it. */
interface Stray extends Kept {
  seat: string;
  box: string;
  text: string;
}

/** Boxes of other pages, which bring their own words back. */
const ELSEWHERE = /^(room|me)\//;

export class Drafts extends EventTarget {
  private readonly strays: Drawer<Stray>;
  /** Whether this device keeps what is typed, also when the page is closed. */
  keeps = true;
  /** Characters each box takes, as its screen says. */
  readonly limits = new Map<string, number>();
  /** "{seat} {box}": what was typed by hand and not sent yet. */
  private readonly fresh = new Set<string>();
  /** The same of activities' boxes, for the page that comes after this one. */
  private readonly byHand: Drawer<Kept>;
  /** "{seat} {box}": what was typed while this device's copy of the draft was being loaded. */
  private readonly early = new Map<string, string>();
  /** "{seat} {box}" of the boxes that stand on the screen now. */
  private readonly mounted = new Map<string, number>();

  constructor(
    room: string,
    private readonly connection: Connection,
  ) {
    super();
    this.strays = new Drawer<Stray>(room, "tray");
    this.byHand = new Drawer<Kept>(room, "byhand");
    void this.byHand.keeps().then((keeps) => {
      this.keeps = keeps;
      if (!keeps) this.tell();
    });
    void this.strays.load().then(() => this.tell());
    void this.byHand.load().then((kept) => {
      for (const { id } of kept) this.fresh.add(id);
      this.tell();
    });
  }

  private shared(seat: string): Shared {
    return this.connection.open(`mine/${seat}`);
  }

  /** Opens a seat's drafts; resolves once this device's copy is loaded. */
  async ready(seat: string): Promise<void> {
    await this.shared(seat).ready;
  }

  private map(seat: string): Y.Map<unknown> {
    return this.shared(seat).doc.getMap("drafts");
  }

  /** Begins the draft of a box ("{activity}/{box}") with what is in it; whoever watches sees it
   *  whole, never empty. */
  begin(seat: string, box: string, words: string): Y.Text {
    const map = this.map(seat);
    const made = new Y.Text();
    this.shared(seat).doc.transact(() => {
      made.insert(0, words);
      map.set(box, made);
    });
    this.typed(seat, box);
    return made;
  }

  /** The draft of a box if it has been typed into. */
  has(seat: string, box: string): Y.Text | undefined {
    const found = this.map(seat).get(box);
    return found instanceof Y.Text ? found : undefined;
  }

  /** What a box holds, without making it. */
  peek(seat: string, box: string): string {
    return this.early.get(`${seat} ${box}`) ?? this.has(seat, box)?.toString() ?? "";
  }

  /** A letter came from a hand: should the box go, its words are shown. */
  touchedByHand(seat: string, box: string): void {
    const id = `${seat} ${box}`;
    if (!this.fresh.has(id) && !ELSEWHERE.test(box)) void this.byHand.put({ id });
    this.fresh.add(id);
    this.typed(seat, box);
  }

  /** A box came to the screen; call what is returned when it goes. */
  mount(seat: string, box: string): () => void {
    const id = `${seat} ${box}`;
    const count = (by: number) => {
      this.mounted.set(id, (this.mounted.get(id) ?? 0) + by);
      if (this.fresh.has(id)) queueMicrotask(() => this.tell());
    };
    count(1);
    return () => count(-1);
  }

  /** Whether somebody typed into it, and did not send it. */
  byHandIn(seat: string, box: string): boolean {
    return this.fresh.has(`${seat} ${box}`);
  }

  /** What was begun in boxes that do not stand on the screen any more: notes of this activity, and
   *  anything typed by hand on this device. `whole`: this screen shows all boxes of the activity,
   *  so that one it lacks is gone. */
  halves(
    seat: string,
    activity: string,
    standing: ReadonlySet<string>,
    whole: boolean,
  ): [string, string][] {
    return [...this.map(seat).keys()]
      .filter((box) => !standing.has(box) && !this.mounted.get(`${seat} ${box}`))
      .filter((box) => {
        if (box.startsWith(`${activity}/note-`)) return true;
        if (box.startsWith("room/")) return false;
        return this.fresh.has(`${seat} ${box}`) && (whole || !box.startsWith(`${activity}/`));
      })
      .map((box): [string, string] => [box, this.peek(seat, box)])
      .filter(([, text]) => text.trim());
  }

  /** Characters a box holds beyond what it takes. */
  over(seat: string, box: string): number {
    return over(this.peek(seat, box).trim(), this.limits.get(box) ?? 0);
  }

  /** Whether something typed into a box here has not reached the server. */
  pending(seat: string, box: string): boolean {
    return this.shared(seat).touched.has(box);
  }

  /** Typed while this device's copy is still being loaded: nothing keeps it yet. */
  hurried(seat: string, box: string, words: string): void {
    this.early.set(`${seat} ${box}`, words);
    this.shared(seat).onDisk = false;
    this.typed(seat, box);
  }

  /** The copy is loaded: the words that its box takes into the draft now. What was sent meanwhile
   *  is not among them. */
  caught(seat: string, box: string): string {
    const id = `${seat} ${box}`;
    const words = this.early.get(id) ?? "";
    this.early.delete(id);
    return words;
  }

  typed(seat: string, box: string): void {
    this.shared(seat).touched.add(box);
    this.tell();
  }

  /** The draft was sent and the server has it: empty its box. What was typed after `carried` was
   *  sent stays. */
  sent(seat: string, box: string, carried?: string): void {
    const id = `${seat} ${box}`;
    if (carried !== undefined && (this.early.get(id) ?? carried) !== carried) return;
    this.early.delete(id);
    const map = this.map(seat);
    const text = this.has(seat, box);
    if (text && carried !== undefined) {
      const now = text.toString();
      const more = now.startsWith(carried) ? now.slice(carried.length) : now;
      if (more.trim()) {
        text.delete(0, now.length - more.length);
        return;
      }
    }
    this.fresh.delete(id);
    void this.byHand.drop(id);
    this.shared(seat).touched.delete(box); // first: whoever watches must not begin it again
    if (map.has(box)) map.delete(box);
    this.tell();
  }

  watch(seat: string, listener: () => void): () => void {
    const map = this.map(seat);
    map.observeDeep(listener);
    return () => map.unobserveDeep(listener);
  }

  /** A document was refused: its unsent texts go to the tray, then it starts afresh. */
  async rescue(seat: string): Promise<void> {
    const shared = this.connection.documents.get(`mine/${seat}`);
    for (const box of shared?.touched ?? []) {
      const text = this.peek(seat, box);
      if (text.trim()) await this.strays.put({ id: freshId(), seat, box, text });
    }
    await this.connection.reopen(`mine/${seat}`);
    this.tell();
  }

  /** A sent text was refused for good. */
  async stray(seat: string, box: string, text: string): Promise<void> {
    if (text.trim()) await this.strays.put({ id: freshId(), seat, box, text });
    this.tell();
  }

  tray(seat: string): Stray[] {
    return this.strays.all().filter((stray) => stray.seat === seat);
  }

  async forget(id: string): Promise<void> {
    await this.strays.drop(id);
    this.tell();
  }

  private tell(): void {
    this.dispatchEvent(new Event("change"));
  }
}
