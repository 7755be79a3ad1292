// Which card stands in which column, and in which order. A card that moves touches two columns;
// every other column keeps its very list, so that nothing of it is drawn again.
import { before, type Facts, type Shelf } from "../shelf";

export interface Column {
  /** Id of the theme or section; "" for what stands under none. */
  key: string;
  kind: "theme" | "section" | "loose";
  title: string;
  ids: readonly string[];
}

/** More cards than this at once: counting anew is quicker than one by one. */
const MANY = 40;

export class Lists {
  /** Which cards are shown; undefined: all. */
  fits: ((card: Facts) => boolean) | undefined;
  /** Cards there are, and cards that are shown. */
  total = 0;
  shown = 0;
  private lists = new Map<string, readonly string[]>();
  private readonly where = new Map<string, string>();
  private heads: Omit<Column, "ids">[] = [];

  constructor(private readonly shelf: Shelf) {
    this.rebuild();
  }

  columns(): Column[] {
    return this.heads.map((head) => ({ ...head, ids: this.lists.get(head.key) ?? [] }));
  }

  ids(key: string): readonly string[] {
    return this.lists.get(key) ?? [];
  }

  /** The column a card is shown in. */
  columnOf(card: string): string | undefined {
    return this.where.get(card);
  }

  /** The card it stands behind, "" when it is the first. */
  behind(card: string): string {
    const list = this.ids(this.where.get(card) ?? "");
    return list[list.indexOf(card) - 1] ?? "";
  }

  /** The card beside it, for the focus when it goes. */
  beside(card: string): string {
    const list = this.ids(this.where.get(card) ?? "");
    const at = list.indexOf(card);
    return list[at + 1] ?? list[at - 1] ?? "";
  }

  rebuild(): void {
    const { shelf } = this;
    const loose = { key: "", kind: "loose" as const, title: "" };
    const sections = shelf
      .sections()
      .map(({ id, title }) => ({ key: id, kind: "section" as const, title }));
    const themes = shelf
      .themes()
      .map(({ id, text }) => ({ key: id, kind: "theme" as const, title: text }));
    this.heads = [loose, ...sections, ...themes];
    const made = new Map<string, string[]>(this.heads.map((head) => [head.key, []]));
    this.where.clear();
    this.total = 0;
    this.shown = 0;
    for (const card of shelf.all()) {
      if (card.kind === "theme") continue;
      this.total++;
      if (this.fits && !this.fits(card)) continue;
      this.shown++;
      const key = this.key(card.id, made);
      this.where.set(card.id, key);
      made.get(key)?.push(card.id);
    }
    for (const list of made.values()) list.sort((a, b) => before(shelf.rank(a), shelf.rank(b)));
    const old = this.lists;
    this.lists = new Map([...made].map(([key, list]) => [key, same(old.get(key), list) ?? list]));
  }

  /** Cards came, went, moved or (while something is searched) changed; none: a heading did. */
  moved(cards: ReadonlySet<string>): void {
    const { shelf } = this;
    const heads = [...cards].some((id) => this.lists.has(id) || shelf.get(id)?.kind === "theme");
    if (!cards.size || heads || cards.size > MANY) {
      this.rebuild();
      return;
    }
    for (const id of cards) {
      const card = shelf.get(id);
      const was = this.where.get(id);
      if (was !== undefined) {
        this.lists.set(
          was,
          this.ids(was).filter((each) => each !== id),
        );
        this.where.delete(id);
        this.shown--;
      }
      if (!card || (this.fits && !this.fits(card))) continue;
      const key = this.key(id, this.lists);
      this.where.set(id, key);
      this.lists.set(key, this.inserted(this.ids(key), id));
      this.shown++;
    }
    this.total = 0;
    for (const card of shelf.all()) if (card.kind !== "theme") this.total++;
  }

  private inserted(list: readonly string[], id: string): string[] {
    const rank = this.shelf.rank(id);
    let low = 0;
    let high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (before(this.shelf.rank(list[middle] ?? ""), rank) < 0) low = middle + 1;
      else high = middle;
    }
    return [...list.slice(0, low), id, ...list.slice(low)];
  }

  private key(id: string, known: { has(key: string): boolean }): string {
    // Under its theme while there is one, else where it was written: never in two places.
    const { theme, section } = this.shelf.place(id);
    return theme && known.has(theme) ? theme : known.has(section) ? section : "";
  }
}

/** The old list when the new one says the same. */
function same(old: readonly string[] | undefined, list: string[]): readonly string[] | undefined {
  return old?.length === list.length && old.every((id, n) => id === list[n]) ? old : undefined;
}
