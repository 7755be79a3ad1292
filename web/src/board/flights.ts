// Cards that are seen to move: from where they stood to where they stand, and the focus with them.
import type { ColumnPart } from "./column";

/** Cards that are seen to move; more at once only stand where they are. */
const FLYING = 8;

export class Flights {
  private readonly from = new Map<string, DOMRect>();

  constructor(
    private readonly page: HTMLElement,
    /** The element of a card, as it is drawn now. */
    private readonly item: (card: string) => HTMLElement | null,
  ) {}

  get waiting(): boolean {
    return this.from.size > 0;
  }

  /** Remembers where cards stand that are about to move. */
  take(cards: ReadonlySet<string>): void {
    if (cards.size > FLYING) return;
    for (const id of cards) {
      const item = this.item(id);
      if (item && shown(item) && !this.from.has(id))
        this.from.set(id, item.getBoundingClientRect());
    }
  }

  /** Once the columns stand. */
  async settled(): Promise<void> {
    const columns = [...(this.page.querySelector(".cols")?.children ?? [])] as ColumnPart[];
    await Promise.all(columns.map((column) => column.updateComplete));
  }

  /** What moved is seen to move. */
  fly(): void {
    const length = parseFloat(
      getComputedStyle(document.documentElement).getPropertyValue("--move"),
    );
    for (const [id, from] of this.from) {
      const item = this.item(id);
      if (!item || !length || !shown(item) || item.classList.contains("lifted")) continue;
      const to = item.getBoundingClientRect();
      const [dx, dy] = [from.left - to.left, from.top - to.top];
      const seen = [from, to].some((box) => box.bottom > 0 && box.top < window.innerHeight);
      if (!seen || (!dx && !dy)) continue;
      item.animate([{ translate: `${dx}px ${dy}px` }, { translate: "0 0" }], {
        duration: length,
        easing: "cubic-bezier(0.3, 0.7, 0.2, 1)",
      });
    }
    this.clear();
  }

  clear(): void {
    this.from.clear();
  }
}

/** Whether the browser draws it just now; asking for its place would make it draw what it skips. */
function shown(item: HTMLElement): boolean {
  return item.checkVisibility?.({ contentVisibilityAuto: true }) ?? true;
}
