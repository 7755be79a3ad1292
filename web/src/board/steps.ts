// One's own last steps, to be taken back one by one: what was moved, ticked, taken away, typed.
// A step that somebody else has built on is refused by the server in a plain sentence.
import * as Y from "yjs";
import type { Answer } from "../commands";
import { t } from "../i18n";
import type { Shelf } from "../shelf";
import type { Stage } from "../stage";

/** Steps that are remembered. */
const MOST = 50;

export interface Step {
  /** What was done: "Moved to Questions we carry". */
  label: string;
  /** The command that takes it back; `since` is the commit it made. Nothing: it is text. */
  back?: (since: number) => Record<string, unknown>;
  /** When it can no longer be taken back (ms, this device's clock). */
  until?: number;
  /** What to do when the step is refused. */
  refused?: () => void;
}

/** Takes back what the commit `at` did, if it was this seat's and nobody has built on it. */
export function taken(at: number): Record<string, unknown> {
  return { type: "board.undo", at };
}

interface Taken extends Step {
  request: string;
  /** The commit, once the server has answered. */
  since: number | undefined;
  /** It is to be taken back as soon as the server has answered. */
  wanted?: boolean;
}

export class Steps extends EventTarget {
  private readonly stack: Taken[] = [];
  /** Steps that are being taken back, by request. */
  private readonly undoing = new Map<string, Step>();
  private texts: Y.UndoManager | undefined;

  constructor(private readonly stage: Stage) {
    super();
    stage.commands.addEventListener("answer", (event) =>
      this.answered((event as CustomEvent<Answer>).detail),
    );
  }

  /** Remembers what is typed into cards of this document, and nothing of what others type. */
  follow(shelf: Shelf): () => void {
    const texts = new Y.UndoManager(shelf.root, {
      trackedOrigins: new Set([HTMLTextAreaElement, HTMLInputElement]),
      captureTimeout: 900,
    });
    texts.on("stack-item-added", ({ type }: { type: "undo" | "redo" }) => {
      if (type === "undo" && !texts.redoing)
        this.push({ label: t("Typed in a note"), request: "", since: 0 });
    });
    this.texts = texts;
    return () => {
      texts.destroy();
      for (let at = this.stack.length - 1; at >= 0; at--)
        if (!this.stack[at]?.back) this.stack.splice(at, 1);
      this.tell();
    };
  }

  /** A step that is on its way; `request` as `Stage.say` gave it. */
  took(request: string, step: Step): void {
    if (request) this.push({ ...step, request, since: undefined });
    else step.refused?.();
  }

  /** The step that would be taken back now. */
  get last(): Step | undefined {
    return this.next();
  }

  private next(): Taken | undefined {
    this.forget();
    return this.stack.filter(({ wanted }) => !wanted).pop();
  }

  /** Takes the last step back, once the server has answered it; an `undone` event follows, unless
   *  it refuses. Returns what it was, undefined when there is none. */
  undo(): Step | undefined {
    const step = this.next();
    if (!step) return undefined;
    if (step.since === undefined) step.wanted = true;
    else this.takeBack(step, step.since);
    this.tell();
    return step;
  }

  private takeBack(step: Taken, since: number): void {
    this.stack.splice(this.stack.indexOf(step), 1);
    if (step.back) this.undoing.set(this.stage.say(step.back(since)), step);
    else {
      this.texts?.undo();
      this.undone(step);
    }
  }

  private undone(step: Step): void {
    this.dispatchEvent(new CustomEvent<Step>("undone", { detail: step }));
  }

  private forget(): void {
    const now = Date.now();
    const old = this.stack.findIndex((step) => step.until && step.until < now);
    if (old < 0) return;
    this.stack.splice(old, 1);
    this.forget();
  }

  private push(step: Taken): void {
    this.stack.push(step);
    if (this.stack.length > MOST) this.stack.shift();
    this.tell();
  }

  private answered({ sent, message }: Answer): void {
    const back = this.undoing.get(sent.id);
    if (back && this.undoing.delete(sent.id) && message.type === "done") this.undone(back);
    const at = this.stack.findIndex((step) => step.request === sent.id);
    const step = this.stack[at];
    if (!step) return;
    if (message.type === "done") {
      step.since = message.seq;
      if (step.wanted) this.takeBack(step, step.since);
    } else {
      this.stack.splice(at, 1);
      step.refused?.();
    }
    this.tell();
  }

  private tell(): void {
    this.dispatchEvent(new Event("change"));
  }
}
