// One place of the board (everyone's, a circle's, one's own): what may be done with its cards, and
// how. A move shows at once where it goes, and goes back if it is refused.
import { nothing, type TemplateResult } from "lit";
import { type CardPlace, land, type Row } from "../blocks/card";
import type { Answer } from "../commands";
import { number, t, tn } from "../i18n";
import { before, type Facts, type Rank, type Shelf } from "../shelf";
import type { Stage } from "../stage";
import { type Sees, UNDO_MS } from "../wire";
import { type Column, Lists } from "./lists";
import { everyones, outwards, type Way, went } from "./outwards";
import { type Steps, taken } from "./steps";

/** Milliseconds after which a note that was shared stands on the board too. */
const SEEN = 400;

/** What the page does for its places. */
export interface Board {
  readonly stage: Stage;
  readonly steps: Steps;
  /** Says it to those who cannot see it. */
  announce(text: string): void;
  circle(group: string): string;
  /** Asks for the name of a theme made of these cards. */
  nameTheme(cards: readonly string[]): void;
  requestUpdate(): void;
}

/** Where a card goes: a column, and behind which card ("" first, undefined last). */
interface Target {
  column: string;
  after?: string;
}

export class BoardPlace implements CardPlace {
  readonly full = true;
  readonly wordy = false;
  readonly lists: Lists;
  /** The cards that are chosen, while somebody chooses. */
  choosing: Set<string> | null = null;
  /** Ticks on their way. */
  private readonly ticking = new Map<string, boolean>();
  /** Notes that are being moved, by request. */
  private readonly answers = new Map<string, readonly string[]>();
  /** Notes on their way to more people. */
  private readonly sharing = new Map<string, readonly string[]>();
  private readonly heard = (event: Event) => this.answered((event as CustomEvent<Answer>).detail);

  constructor(
    readonly board: Board,
    /** As the connection names it. */
    readonly document: string,
    readonly shelf: Shelf,
  ) {
    this.lists = new Lists(shelf);
    this.stage.commands.addEventListener("answer", this.heard);
  }

  close(): void {
    this.stage.commands.removeEventListener("answer", this.heard);
    this.shelf.close();
  }

  get stage(): Stage {
    return this.board.stage;
  }

  get seat(): string {
    return this.stage.seat;
  }

  /** As commands name it. */
  get name(): string {
    return this.document.startsWith("mine/") ? "mine" : this.document;
  }

  get sees(): Sees {
    return this.name === "mine" ? "self" : this.name === "board" ? "room" : "circle";
  }

  /** Whether this seat arranges the board: makes themes and moves everybody's cards. */
  get arranges(): boolean {
    return this.name === "board" && this.stage.facilitator;
  }

  columns(): Column[] {
    return this.lists
      .columns()
      .map((column) => (column.key ? column : { ...column, title: this.loose }));
  }

  /** What the cards that stand under no heading are called. */
  get loose(): string {
    return this.name === "board" && this.lists.columns().length > 1 ? t("Not placed") : t("Notes");
  }

  called(column: string): string {
    return this.columns().find((each) => each.key === column)?.title ?? this.loose;
  }

  circle(group: string): string {
    return this.board.circle(group);
  }

  // Moving

  movable(card: Facts): boolean {
    if (this.name !== "board" || card.kind === "theme" || this.stage.view?.room.frozen)
      return false;
    return this.stage.facilitator || this.stage.own(this.stage.author(card));
  }

  moves(facts: Facts): Row[] {
    const { lists } = this;
    const key = lists.columnOf(facts.id) ?? "";
    const list = lists.ids(key);
    const at = list.indexOf(facts.id);
    const step = (by: 1 | -1) => this.shift(facts.id, by);
    const rows: Row[] = [];
    if (at > 0) rows.push({ label: t("Further up"), icon: "up", again: true, run: () => step(-1) });
    if (at < list.length - 1)
      rows.push({ label: t("Further down"), icon: "down", again: true, run: () => step(1) });
    for (const column of this.columns()) {
      if (column.kind === "section" && !column.ids.length && column.key !== facts.section) continue;
      rows.push({
        label: column.key ? column.title : t("Not placed"),
        current: column.key === key,
        run: () => this.move(facts.id, { column: column.key }),
      });
    }
    if (this.arranges)
      rows.push({
        label: t("A new theme"),
        icon: "plus",
        run: () => this.board.nameTheme([facts.id]),
      });
    return rows;
  }

  /** One place further up or down in its column. */
  shift(card: string, by: 1 | -1): void {
    const key = this.lists.columnOf(card);
    if (key === undefined) return;
    const list = this.lists.ids(key);
    const at = list.indexOf(card);
    if (at + by < 0 || at + by >= list.length) return;
    this.move(card, { column: key, after: list[by > 0 ? at + 1 : at - 2] ?? "" });
  }

  move(card: string, to: Target): void {
    const { lists, shelf, board } = this;
    const facts = shelf.get(card);
    const from = lists.columnOf(card);
    if (!facts || from === undefined) return;
    const place = to.column === from ? {} : this.under(to);
    const after = to.after === undefined ? {} : { after: to.after };
    shelf.hold(card, { ...facts, ...place }, this.rankAt(card, to));
    const request = this.stage.say({ type: "note.move", card, ...place, ...after });
    const name = this.called(to.column);
    this.answers.set(request, [card]);
    board.steps.took(request, {
      label: to.column === from ? t("Moved a note") : t("Moved to {place}", { place: name }),
      back: taken,
      refused: () => shelf.release(card),
    });
    const list = lists.ids(to.column);
    board.announce(
      t("{place}, place {n} of {all}", {
        place: name,
        n: number(list.indexOf(card) + 1),
        all: number(list.length),
      }),
    );
  }

  /** The words of a card that stands in a column. What has no heading keeps its section, which is
   *  its place among the others. */
  private under({ column, after }: Target): { theme: string; section?: string } {
    if (this.shelf.get(column)?.kind === "theme") return { theme: column };
    const [first] = this.lists.ids(column);
    const beside = column ? undefined : this.shelf.get(after || (first ?? ""));
    return { theme: "", section: column || (beside?.section ?? "") };
  }

  /** A rank just behind the card it is put behind, until the server has made the real one. */
  private rankAt(card: string, to: Target): Rank {
    const list = this.lists.ids(to.column).filter((id) => id !== card);
    const after = to.after === undefined ? list[list.length - 1] : to.after;
    if (!after) return ["", -1, card];
    const [order, created, id] = this.shelf.rank(after);
    return [order, created, `${id}\u0000${card}`];
  }

  private release(cards: readonly string[]): void {
    for (const card of cards) this.shelf.release(card);
  }

  private answered({ sent, message }: Answer): void {
    const shared = this.sharing.get(sent.id);
    if (shared) {
      this.sharing.delete(sent.id);
      if (message.type !== "done") this.board.announce(this.stage.refusal ?? "");
      // The copy on the board comes with its own frame.
      window.setTimeout(() => {
        for (const id of shared) this.shelf.look(id);
        this.board.requestUpdate();
      }, SEEN);
    }
    const cards = this.answers.get(sent.id);
    if (cards === undefined) return;
    this.answers.delete(sent.id);
    // What was asked for may be what stood there already: then the document never says so.
    if (message.type === "done") window.setTimeout(() => this.release(cards), 2_000);
    else this.board.announce(this.stage.refusal ?? "");
  }

  // Ticks: "also ours"

  ticks(card: Facts): "may" | "counted" | "" {
    if (this.name !== "board") return "";
    const mine = this.stage.author(card) === this.seat;
    const looksOn = this.stage.person(this.seat)?.role === "observer";
    return mine || looksOn || this.stage.view?.room.frozen ? "counted" : "may";
  }

  ticked(card: Facts): boolean {
    return this.ticking.get(card.id) ?? card.ticks.includes(this.seat);
  }

  tick(card: Facts): void {
    const on = !this.ticked(card);
    this.ticking.set(card.id, on);
    const settled = () => {
      this.ticking.delete(card.id);
      this.shelf.look(card.id);
    };
    const unwatch = this.shelf.watch(card.id, () => {
      if ((this.shelf.get(card.id)?.ticks.includes(this.seat) ?? on) !== on) return;
      unwatch();
      this.ticking.delete(card.id);
    });
    this.board.steps.took(this.stage.say({ type: "note.tick", card: card.id, on }), {
      label: on ? t("Marked as also ours") : t("Took the mark away"),
      back: () => ({ type: "note.tick", card: card.id, on: !on }),
      refused: settled,
    });
    this.shelf.look(card.id);
  }

  // Taking away, with a minute to change one's mind

  remove(card: Facts): void {
    const beside = this.lists.beside(card.id);
    const request = this.stage.say({ type: "note.delete", document: this.name, card: card.id });
    this.board.steps.took(request, {
      label: t("Took a note away"),
      back: () => ({ type: "note.restore", card: card.id }),
      until: Date.now() + UNDO_MS,
    });
    this.board.announce(t("The note is away. You can bring it back for a minute."));
    this.left = { card: card.id, to: beside };
  }

  /** The card that is going, and where the focus goes then. */
  left: { card: string; to: string } | undefined;

  typed(card: Facts): void {
    this.stage.connection.open(this.document).touched.add(card.id);
    this.stage.changed();
  }

  // Choosing several

  chosen(card: Facts): boolean | null {
    if (!this.choosing || card.kind === "theme") return null;
    if (this.name !== "board" && !this.stage.own(card.author)) return null;
    return this.choosing.has(card.id);
  }

  choose(card: Facts): void {
    if (!this.choosing) return;
    if (!this.choosing.delete(card.id)) this.choosing.add(card.id);
    this.shelf.look(card.id);
    this.board.requestUpdate();
  }

  /** Begins to choose (from these), or ends it. */
  choosingFrom(cards: Iterable<string> | null): void {
    this.choosing = cards ? new Set(cards) : null;
    this.shelf.again();
    this.board.requestUpdate();
  }

  /** The chosen cards in the order in which they stand. */
  get picked(): string[] {
    const { choosing, shelf } = this;
    if (!choosing) return [];
    const there = [...choosing].filter((id) => shelf.get(id));
    const place = new Map(this.lists.columns().map((column, n) => [column.key, n]));
    const column = (id: string) => place.get(this.lists.columnOf(id) ?? "") ?? 0;
    return there.sort((a, b) => column(a) - column(b) || before(shelf.rank(a), shelf.rank(b)));
  }

  /** Moves all chosen cards under a heading, in their order and in one step. */
  moveAll(column: string): void {
    const { shelf, board } = this;
    const cards = this.picked;
    const place = this.under({ column });
    const name = this.called(column);
    for (const card of cards) {
      const facts = shelf.get(card);
      if (facts) shelf.hold(card, { ...facts, ...place }, this.rankAt(card, { column }));
    }
    const request = this.stage.say({ type: "note.move", cards, ...place });
    this.answers.set(request, cards);
    const label = tn("{n} note moved to {place}", "{n} notes moved to {place}", cards.length, {
      place: name,
    });
    board.steps.took(request, { label, back: taken, refused: () => this.release(cards) });
    board.announce(label);
    this.choosingFrom(null);
  }

  // Outwards: who else sees it

  below(card: Facts): TemplateResult | typeof nothing {
    if (this.choosing) return nothing;
    return outwards(this.stage, this.name, card, (way) => this.share([card.id], way));
  }

  /** Shows notes of my own to more people. */
  share(cards: readonly string[], way: Way): void {
    const [first] = cards;
    if (!first) return;
    const request = this.stage.say({ type: "note.share", cards, to: way.to });
    this.sharing.set(request, cards);
    this.board.announce(went(way));
    if (this.name === "mine") this.left = { card: first, to: this.lists.beside(first) };
    this.choosingFrom(null);
  }

  /** My own notes here that not everyone has yet. */
  get inner(): string[] {
    const mine = [...this.shelf.all()].filter((card) => this.stage.own(card.author));
    return mine.map((card) => card.id).filter((id) => !everyones(this.stage, id));
  }

  /** Alt and an arrow move the card that has the focus. */
  key(event: KeyboardEvent): boolean {
    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return false;
    const active = document.activeElement as HTMLElement | null;
    const card = active?.closest<HTMLElement>("[data-card]")?.dataset.card;
    const facts = card ? this.shelf.get(card) : undefined;
    if (!facts || !this.movable(facts) || active?.matches("textarea")) return false;
    const control = ["move", "ticker", "edit", "away"].find((name) =>
      active?.classList.contains(name),
    );
    land(facts.id, `.${control ?? "move"}`);
    this.shift(facts.id, event.key === "ArrowUp" ? -1 : 1);
    return true;
  }
}

/** A few words of a card, to name it by. */
export function clipped(text: string): string {
  const words = text.trim().split(/\s+/);
  const few = words.slice(0, 4).join(" ");
  return few.length > 40 ? `${few.slice(0, 38)}…` : words.length > 4 ? `${few}…` : few;
}
