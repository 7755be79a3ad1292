// Where others are just now: the caret of somebody who writes in their own note, and the pointers
// of a few people. Small, over the cards, never in them; nothing is sent without a pointer or caret.
import type { Awareness } from "y-protocols/awareness";
import {
  createAbsolutePositionFromRelativePosition,
  createRelativePositionFromJSON,
  createRelativePositionFromTypeIndex,
} from "yjs";
import { standing } from "../blocks/card";
import { shortName } from "../part";
import type { BoardPlace } from "./place";

/** Milliseconds between two words about one's own place, in a small room; and for each person here:
 *  two hundred who write say it less often, each by themselves. */
const PACE = 150;
const PACE_EACH = 3;
/** Milliseconds a pointer that rests is still shown. */
const REST = 8_000;
/** Beyond so many people pointers say nothing any more; carets still do. */
const CROWD = 30;

interface Where {
  seat: string;
  name?: string;
  card?: string;
  /** Where in the text they write, as Yjs keeps it through others' edits. */
  cursor?: { type?: unknown; item?: unknown; assoc?: number } | undefined;
  /** Where over the card, in thousandths of its width and height. */
  pointer?: [number, number];
}

export class Carets {
  private readonly layer = document.createElement("div");
  private readonly marks = new Map<number, HTMLElement>();
  private own: Where | null = null;
  private said = "null";
  private timer: number | undefined;
  private rest: number | undefined;
  private frame: number | undefined;

  constructor(
    private readonly host: HTMLElement,
    private readonly place: BoardPlace,
    private readonly awareness: Awareness,
  ) {
    this.layer.className = "carets";
    this.layer.setAttribute("aria-hidden", "true");
    // Beside the page's own element, whose inside is drawn anew.
    host.after(this.layer);
    awareness.on("change", this.later);
    window.addEventListener("resize", this.later);
    host.addEventListener("pointermove", this.point);
    host.addEventListener("pointerleave", this.gone);
    document.addEventListener("selectionchange", this.write);
    host.addEventListener("focusout", this.write);
    document.addEventListener("visibilitychange", this.gone);
  }

  close(): void {
    this.awareness.off("change", this.later);
    this.awareness.setLocalState(null);
    window.removeEventListener("resize", this.later);
    this.host.removeEventListener("pointermove", this.point);
    this.host.removeEventListener("pointerleave", this.gone);
    document.removeEventListener("selectionchange", this.write);
    this.host.removeEventListener("focusout", this.write);
    document.removeEventListener("visibilitychange", this.gone);
    window.clearTimeout(this.timer);
    window.clearTimeout(this.rest);
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    this.layer.remove();
  }

  // What is said of oneself

  private readonly point = (event: PointerEvent) => {
    // A finger covers what it touches, and a crowd of pointers is only restless.
    if (event.pointerType !== "mouse" || this.own?.cursor) return;
    if ((this.place.stage.view?.room.here ?? 0) > CROWD) return;
    const item = (event.target as HTMLElement).closest<HTMLElement>("[data-card]");
    if (!item) return this.say(null);
    const box = item.getBoundingClientRect();
    const part = (at: number, from: number, size: number) =>
      Math.round(((at - from) / size) * 1000);
    this.say({
      seat: this.place.seat,
      card: item.dataset.card ?? "",
      pointer: [part(event.clientX, box.left, box.width), part(event.clientY, box.top, box.height)],
    });
    window.clearTimeout(this.rest);
    this.rest = window.setTimeout(this.gone, REST);
  };

  private readonly gone = () => {
    if (!this.own?.cursor || document.visibilityState === "hidden") this.say(null);
  };

  private readonly write = () => {
    const { activeElement } = document;
    const card =
      activeElement instanceof HTMLTextAreaElement && this.host.contains(activeElement)
        ? activeElement.closest<HTMLElement>("[data-card]")?.dataset.card
        : undefined;
    const text = card ? this.place.shelf.text(card) : undefined;
    if (!card || !text) {
      if (this.own?.cursor) this.say(null);
      return;
    }
    const at = Math.min((activeElement as HTMLTextAreaElement).selectionEnd, text.length);
    const cursor = createRelativePositionFromTypeIndex(text, at);
    this.say({ seat: this.place.seat, card, cursor: cursor as Where["cursor"] });
  };

  private say(where: Where | null): void {
    this.own = where;
    const here = this.place.stage.view?.room.here ?? 0;
    this.timer ??= window.setTimeout(
      () => {
        this.timer = undefined;
        const said = JSON.stringify(this.own);
        if (said === this.said) return;
        this.said = said;
        this.awareness.setLocalState(this.own as Record<string, unknown> | null);
      },
      Math.max(PACE, here * PACE_EACH),
    );
  }

  // What is shown of others

  private readonly later = () => {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      this.draw();
    });
  };

  private draw(): void {
    const here = new Set<number>();
    const ground = this.layer.getBoundingClientRect();
    for (const [client, state] of this.awareness.getStates()) {
      const where = state as unknown as Where | null;
      if (client === this.awareness.clientID || !where?.card) continue;
      const at = this.spot(where);
      if (!at) continue;
      here.add(client);
      const mark = this.marks.get(client) ?? this.made(client);
      mark.className = `caret ${where.cursor ? "writes" : "points"}`;
      const name = shortName(this.place.stage.name(where.seat) || where.name || "", 14);
      if (mark.dataset.name !== name) mark.dataset.name = name;
      mark.style.setProperty("inset-block-start", `${at.top - ground.top}px`);
      mark.style.setProperty("left", `${at.left - ground.left}px`);
      mark.style.setProperty("block-size", `${at.height}px`);
    }
    for (const [client, mark] of this.marks)
      if (!here.has(client)) {
        mark.remove();
        this.marks.delete(client);
      }
  }

  private made(client: number): HTMLElement {
    const mark = document.createElement("div");
    this.marks.set(client, mark);
    this.layer.append(mark);
    return mark;
  }

  private spot(where: Where): { top: number; left: number; height: number } | null {
    const item = standing(where.card ?? "");
    if (!item) return null;
    if (where.cursor) return this.letter(item, where) ?? null;
    const [x, y] = Array.isArray(where.pointer) ? where.pointer : [];
    if (typeof x !== "number" || typeof y !== "number") return null;
    const box = item.getBoundingClientRect();
    const within = (part: number) => Math.max(0, Math.min(1000, part)) / 1000;
    return {
      top: box.top + within(y) * box.height,
      left: box.left + within(x) * box.width,
      height: 0,
    };
  }

  /** Before which letter of the shown text somebody's caret stands. */
  private letter(
    item: HTMLElement,
    where: Where,
  ): { top: number; left: number; height: number } | undefined {
    const text = this.place.shelf.text(where.card ?? "");
    const shown = item.querySelector<HTMLElement>("p.text");
    const node = [...(shown?.childNodes ?? [])].find((each) => each instanceof Text && each.data);
    let at = 0;
    try {
      // Not by the name of a root: that would make one.
      const { type, item: letter, assoc } = where.cursor ?? {};
      const found = createAbsolutePositionFromRelativePosition(
        createRelativePositionFromJSON({ type, item: letter, assoc }),
        this.place.shelf.doc,
      );
      if (found && found.type === text) at = found.index;
    } catch {
      return undefined;
    }
    const range = document.createRange();
    if (node) {
      const length = (node as Text).data.length;
      range.setStart(node, Math.min(at, length));
      range.collapse(true);
    } else range.selectNodeContents(shown ?? item);
    const boxes = range.getClientRects();
    const box = boxes[boxes.length - 1] ?? (shown ?? item).getBoundingClientRect();
    return { top: box.top, left: box.right, height: Math.min(box.height, 40) };
  }
}
