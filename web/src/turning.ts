// Pages of a wall: what does not fit between head and foot takes turns, in letters that stay as
// large as they are. The same page stands on every wall of a room, as all go by the server's clock.
import { serverNow } from "./clock";

/** How long a page stands (ms): long enough to find one's name, or to hear it read aloud. */
const STANDS = 15_000;

/** What is shown or not as a whole. */
const LEAF = "li, p, blockquote, figure";
/** What is not text of the page, or belongs to every page. */
const STAYS = ".vh, .head, .stays, tl-countdown";

interface Leaf {
  leaf: HTMLElement;
  /** A leaf higher than the wall goes on from here, on the next page (px); `tall` of it is shown. */
  from?: number;
  tall?: number;
}

export class Turning {
  private pages: Leaf[][] = [];
  private leaves: HTMLElement[] = [];
  private stands = -1;

  /** `middle` is what has to fit. */
  constructor(private readonly middle: HTMLElement) {}

  get count(): number {
    return Math.max(1, this.pages.length);
  }

  /** Which page stands now, from 0. */
  get at(): number {
    return Math.floor(serverNow() / STANDS) % this.count;
  }

  get fits(): boolean {
    return this.middle.scrollHeight <= this.middle.clientHeight + 1;
  }

  /** Everything on one page, as it was before. */
  reset(): void {
    this.show(null);
    this.pages = [];
    this.leaves = [];
    this.stands = -1;
  }

  /** Finds out the pages: what is asked stays as long as there is room for the rest. */
  turn(): void {
    this.reset(); // what a page before hid is a leaf too
    const all = this.found(this.middle);
    const rest = all.filter((leaf) => !leaf.closest(".told"));
    this.parts(all, rest);
    if (rest.length < all.length && this.pages.some((page) => page.some((each) => each.tall)))
      this.parts(all, all);
    this.stand();
  }

  /** Shows the page whose turn it is. */
  stand(): void {
    if (!this.pages.length || this.stands === this.at) return;
    this.stands = this.at;
    this.show(this.pages[this.at] ?? null);
  }

  private found(place: HTMLElement): HTMLElement[] {
    return [...place.querySelectorAll<HTMLElement>(LEAF)].filter(
      (each) =>
        !each.closest(STAYS) &&
        each.getClientRects().length > 0 &&
        !each.parentElement?.closest("figure") &&
        (each.tagName === "FIGURE" || !each.querySelector(":is(li, p, blockquote):not(.vh)")),
    );
  }

  private parts(all: HTMLElement[], leaves: HTMLElement[]): void {
    this.reset();
    this.leaves = leaves;
    const kept = all.filter((leaf) => !leaves.includes(leaf)).map((leaf) => ({ leaf }));
    for (let next = 0; next < leaves.length; ) {
      const some = (n: number) => leaves.slice(next, next + n).map((leaf) => ({ leaf }));
      const fitting = (n: number) => {
        this.show([...kept, ...some(n)]);
        return this.fits;
      };
      let [least, most] = [0, leaves.length - next];
      while (least < most) {
        const middle = Math.ceil((least + most) / 2);
        if (fitting(middle)) least = middle;
        else most = middle - 1;
      }
      if (least) this.pages.push(some(least));
      else this.pages.push(...this.cut(leaves[next] as HTMLElement, () => fitting(1)));
      next += least || 1;
    }
  }

  /** One leaf that is higher than there is room: whole lines of it at a time. */
  private cut(leaf: HTMLElement, alone: () => boolean): Leaf[][] {
    alone();
    const { middle } = this;
    const line = Number.parseFloat(getComputedStyle(leaf).lineHeight) || 1;
    const tall = leaf.clientHeight;
    const room = tall - (middle.scrollHeight - middle.clientHeight);
    const shown = Math.max(1, Math.floor(room / line)) * line;
    const pages: Leaf[][] = [];
    for (let from = 0; from < tall - 1; from += shown) pages.push([{ leaf, from, tall: shown }]);
    return pages;
  }

  /** Shows these leaves and what holds one of them; null: all. */
  private show(page: Leaf[] | null): void {
    const { middle } = this;
    for (const each of middle.querySelectorAll("[data-off]")) each.removeAttribute("data-off");
    for (const leaf of this.leaves) leaf.style.removeProperty("max-block-size");
    for (const leaf of this.leaves) leaf.removeAttribute("data-cut");
    if (!page) return;
    const on = new Set(page.map((each) => each.leaf));
    for (const leaf of this.leaves) if (!on.has(leaf)) leaf.toggleAttribute("data-off", true);
    for (const box of this.boxes()) if (this.empty(box)) box.toggleAttribute("data-off", true);
    for (const { leaf, from, tall } of page) {
      if (tall === undefined) continue;
      leaf.toggleAttribute("data-cut", true);
      leaf.style.setProperty("max-block-size", `${tall}px`);
      leaf.scrollTop = from ?? 0;
    }
  }

  /** What holds leaves: lists with their heads, and the blocks these stand in. */
  private boxes(): Set<HTMLElement> {
    const found = new Set<HTMLElement>();
    for (const leaf of this.leaves)
      for (let box = leaf.parentElement; box && box !== this.middle; box = box.parentElement)
        if (!box.matches(".told, .rest, .trio")) found.add(box);
    return found;
  }

  /** Whether nothing in a box is shown on this page. */
  private empty(box: HTMLElement): boolean {
    return !box.querySelector("tl-countdown, .stays") && !this.found(box).length;
  }
}
