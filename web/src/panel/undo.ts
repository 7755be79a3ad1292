// A step that was just taken can be taken back: ten seconds in a bar, afterwards in the menu.
import { t } from "../i18n";
import type { Stage } from "../stage";
import type { ViewMessage } from "../wire";

/** Milliseconds the bar stands: long enough to notice a wrong tap, short enough to be forgotten. */
export const BAR = 10_000;

/** What the panel says in passing, for as long as the bar stands. `until` is by this page's own time
 *  (`performance.now`): the room's may be set back, and then an older line would outlive a newer. */
export interface Said {
  text: string;
  until: number;
}

function step(view: ViewMessage): string {
  return view.activity ? `${view.activity.id} ${view.activity.phase}` : "";
}

function headline(view: ViewMessage): string {
  const now = view.blocks.find((block) => block.type === "now");
  return now?.type === "now" ? now.text : "";
}

/** "Moved on: the stories", or only that it moved where the phase has no headline. */
export function onward(said: Said): string {
  return said.text ? t("Moved on: {step}", { step: said.text }) : t("Moved on.");
}

/** Watches the views go by and remembers the last step, while it may be taken back. */
export class LastStep {
  private seen = "";
  private from = "";
  /** The step that was taken, as a headline; it may be old. */
  moved: Said | undefined;
  /** The step before it was returned to. */
  returned: Said | undefined;

  look(view: ViewMessage): void {
    const here = step(view);
    if (here === this.seen) return;
    const before = this.seen;
    const offered = view.may.some((offer) => offer.type === "phase.back");
    const until = performance.now() + BAR;
    this.returned = undefined;
    // Between two activities there is nothing to come back to.
    if (before && here && here === this.from && !offered) {
      this.returned = { text: headline(view), until };
      this.moved = undefined;
    } else this.moved = before && offered ? { text: headline(view), until } : undefined;
    this.from = before;
    this.seen = here;
  }

  /** Whole seconds the bar still stands, 0 when it has folded into the menu. */
  get seconds(): number {
    return this.moved ? Math.max(0, Math.ceil((this.moved.until - performance.now()) / 1000)) : 0;
  }
}

/** A step somebody else took a moment earlier: said calmly, and it needs no answer. */
const STEPS: ReadonlySet<string> = new Set(["phase.next", "phase.back", "activity.start"]);

/** Whether a refused command was a second press on a step that is already taken. */
export function tookTwice(reason: string, command: Record<string, unknown>): boolean {
  return reason.startsWith("stale") && STEPS.has(String(command.type));
}

/** Who has moved on: the one who leads, if that is not this person. */
export function mover(stage: Stage): string | null {
  const { view } = stage;
  if (!view || view.room.lead.acting === view.seat) return null;
  return view.room.lead.name ?? null;
}
