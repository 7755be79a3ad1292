// Dragging a card: a mouse takes it at once, a finger after a long press, so that a page of cards
// still scrolls. The place where it would land is shown; Escape lays it back.

/** Pixels a mouse moves before it is a drag and no longer a click. */
const SLACK = 6;
/** Milliseconds a finger rests before it lifts a card, and pixels it may tremble meanwhile. */
const PRESS = 350;
const TREMBLE = 10;
/** Pixels from the edge of the window in which the page scrolls along, and how far each frame. */
const EDGE = 72;
const PACE = 14;

const CONTROLS = "button, a, input, textarea, select, label, summary, .menu, .editing";

export interface Landing {
  column: string;
  /** Behind which card; "" before all others. */
  after: string;
}

interface Hooks {
  /** Whether this card may be taken. */
  may(card: string): boolean;
  /** Shows where it would land; null: nowhere. */
  show(card: string, landing: Landing | null): void;
  drop(card: string, landing: Landing): void;
}

export class Drag {
  private card = "";
  private item: HTMLElement | undefined;
  private pointer = -1;
  private lifted = false;
  private timer: number | undefined;
  private from: [x: number, y: number] = [0, 0];
  private at: [x: number, y: number] = [0, 0];
  /** How far down the window it was taken. */
  private start = 0;
  private landing: Landing | null = null;
  private frame: number | undefined;

  constructor(
    private readonly host: HTMLElement,
    private readonly hooks: Hooks,
  ) {
    host.addEventListener("pointerdown", this.down);
    // Must be there before the finger comes down, and may forbid scrolling.
    host.addEventListener("touchmove", this.hold, { passive: false });
    host.addEventListener("contextmenu", this.quiet);
  }

  close(): void {
    this.lay();
    this.host.removeEventListener("pointerdown", this.down);
    this.host.removeEventListener("touchmove", this.hold);
    this.host.removeEventListener("contextmenu", this.quiet);
  }

  private readonly down = (event: PointerEvent) => {
    if (event.button || this.card || !event.isPrimary) return;
    const target = event.target as HTMLElement;
    const item = target.closest<HTMLElement>("[data-card]");
    const card = item?.dataset.card;
    if (!item || !card || target.closest(CONTROLS) || !this.hooks.may(card)) return;
    this.card = card;
    this.item = item;
    this.pointer = event.pointerId;
    this.from = [event.pageX, event.pageY];
    this.at = [event.clientX, event.clientY];
    this.start = event.clientY;
    if (event.pointerType !== "mouse") this.timer = window.setTimeout(() => this.lift(), PRESS);
    document.addEventListener("pointermove", this.move);
    document.addEventListener("pointerup", this.up);
    document.addEventListener("pointercancel", this.cancel);
    document.addEventListener("keydown", this.key, true);
  };

  private readonly move = (event: PointerEvent) => {
    if (event.pointerId !== this.pointer) return;
    this.at = [event.clientX, event.clientY];
    const [x, y] = this.from;
    const far = Math.hypot(event.pageX - x, event.pageY - y);
    if (!this.lifted) {
      if (event.pointerType === "mouse" && far > SLACK) this.lift();
      else if (event.pointerType !== "mouse" && far > TREMBLE) this.lay();
      if (!this.lifted) return;
    }
    this.frame ??= requestAnimationFrame(this.draw);
  };

  private lift(): void {
    window.clearTimeout(this.timer);
    if (!this.item?.isConnected) {
      this.lay();
      return;
    }
    this.lifted = true;
    this.item.classList.add("lifted");
    this.host.classList.add("carrying");
    document.getSelection()?.removeAllRanges();
    this.frame ??= requestAnimationFrame(this.draw);
  }

  private readonly draw = () => {
    this.frame = undefined;
    if (!this.lifted || !this.item?.isConnected) {
      this.lay();
      return;
    }
    const [x, y] = this.at;
    // Before anything is measured: scrolling along.
    const edge = y < EDGE ? -1 : y > window.innerHeight - EDGE ? 1 : 0;
    // Only when it was carried there: a card near the edge is lifted without a jump.
    const up = edge * (y - this.start) > TREMBLE ? edge : 0;
    const stood = window.scrollY;
    if (up) window.scrollBy(0, up * PACE);
    const dx = x + window.scrollX - this.from[0];
    const dy = y + window.scrollY - this.from[1];
    this.item.style.setProperty("translate", `${dx}px ${dy}px`);
    const landing = this.under(x, y);
    if (landing?.column !== this.landing?.column || landing?.after !== this.landing?.after) {
      this.landing = landing;
      this.hooks.show(this.card, landing);
    }
    if (up && window.scrollY !== stood) this.frame = requestAnimationFrame(this.draw);
  };

  /** Where a card let go of here would land. */
  private under(x: number, y: number): Landing | null {
    const under = document.elementFromPoint(x, y);
    const column = under?.closest<HTMLElement>("[data-column]");
    if (!column) return null;
    const key = column.dataset.column ?? "";
    if (under?.closest(".gap")) return this.landing;
    const items = [...column.querySelectorAll<HTMLElement>("[data-card]:not(.lifted)")];
    const item = under?.closest<HTMLElement>("[data-card]");
    if (item && item !== this.item) {
      const box = item.getBoundingClientRect();
      const late = y > box.top + box.height / 2;
      const before = items[items.indexOf(item) - 1];
      return { column: key, after: (late ? item : before)?.dataset.card ?? "" };
    }
    const list = column.querySelector(".cards");
    const above = list && y < list.getBoundingClientRect().top;
    return { column: key, after: above ? "" : (items[items.length - 1]?.dataset.card ?? "") };
  }

  private readonly up = (event: PointerEvent) => {
    if (event.pointerId !== this.pointer) return;
    const { card, landing, lifted } = this;
    if (lifted) {
      // What lies under a mouse that is let go of is not meant to be pressed.
      const swallow = (click: Event) => click.preventDefault();
      document.addEventListener("click", swallow, { capture: true, once: true });
      window.setTimeout(() => document.removeEventListener("click", swallow, true));
    }
    if (lifted && landing) this.hooks.drop(card, landing);
    this.lay();
  };

  private readonly cancel = (event: PointerEvent) => {
    if (event.pointerId === this.pointer) this.lay();
  };

  private readonly key = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !this.lifted) return;
    event.preventDefault();
    event.stopPropagation();
    this.lay();
  };

  private readonly hold = (event: TouchEvent) => {
    if (this.lifted && event.cancelable) event.preventDefault();
  };

  private readonly quiet = (event: Event) => {
    if (this.card && this.pointer !== -1 && this.timer !== undefined) event.preventDefault();
  };

  private lay(): void {
    window.clearTimeout(this.timer);
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    this.item?.classList.remove("lifted");
    this.item?.style.removeProperty("translate");
    this.host.classList.remove("carrying");
    if (this.lifted) this.hooks.show(this.card, null);
    this.card = "";
    this.item = undefined;
    this.pointer = -1;
    this.lifted = false;
    this.landing = null;
    this.timer = undefined;
    this.frame = undefined;
    document.removeEventListener("pointermove", this.move);
    document.removeEventListener("pointerup", this.up);
    document.removeEventListener("pointercancel", this.cancel);
    document.removeEventListener("keydown", this.key, true);
  }
}
