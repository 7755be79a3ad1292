// The memo's document on this page: its places, who writes where, and the text of what is refused.
import type { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";
import type { Shared } from "../connection";
import type { Stage } from "../stage";

/** Milliseconds over which changes are gathered before the page is told. */
const GATHER = 400;

export class Places extends EventTarget {
  shared!: Shared;
  private late: number | undefined;

  constructor(private readonly stage: Stage) {
    super();
    stage.connection.aware = (name) => name === "memo";
    this.open();
    stage.connection.addEventListener("reopened", (event) => {
      if ((event as CustomEvent<string>).detail === "memo") this.open();
    });
  }

  private open(): void {
    this.shared = this.stage.connection.open("memo");
    this.awareness?.setLocalState({ seat: this.stage.seat });
    this.awareness?.on("change", () => this.tell("people"));
    this.root.observeDeep((events, transaction) => {
      if (events.some((event) => event.target === this.root)) this.tell("places");
      if (transaction.local) return;
      this.late ??= window.setTimeout(() => {
        this.late = undefined;
        this.tell("text");
      }, GATHER);
    });
    this.tell("places");
  }

  get ready(): Promise<void> {
    return this.shared.ready;
  }

  get awareness(): Awareness | null {
    return this.shared.awareness;
  }

  private get root(): Y.XmlFragment {
    return this.shared.doc.getXmlFragment("memo");
  }

  /** What was made for a place: one element, seldom two. */
  elements(id: string): Y.XmlElement[] {
    return this.root
      .toArray()
      .filter(
        (child): child is Y.XmlElement =>
          child instanceof Y.XmlElement &&
          child.nodeName === "place" &&
          child.getAttribute("id") === id,
      );
  }

  /** Whether anything is written in a place. */
  has(id: string): boolean {
    return this.elements(id).some((element) => words(element) !== "");
  }

  text(id: string): string {
    return this.elements(id).map(words).filter(Boolean).join("\n\n");
  }

  ids(): string[] {
    return this.root
      .toArray()
      .map((child) => (child instanceof Y.XmlElement ? (child.getAttribute("id") ?? "") : ""))
      .filter(Boolean);
  }

  /** Something was typed here: it is not saved until the server has it. */
  typed(id: string): void {
    this.shared.touched.add(id);
    this.stage.changed();
    this.tell("typed");
  }

  /** Names of the others who are on this page, each once. */
  others(): string[] {
    const names = new Map<string, string>();
    this.awareness?.getStates().forEach((state, client) => {
      const { seat, name } = state as { seat?: unknown; name?: unknown };
      if (client === this.awareness?.clientID || typeof seat !== "string") return;
      if (typeof name === "string" && name && seat !== this.stage.seat) names.set(seat, name);
    });
    return [...names.values()];
  }

  private tell(what: "people" | "places" | "text" | "typed"): void {
    this.dispatchEvent(new Event(what));
  }
}

/** The words of an element, a line for each paragraph. */
export function words(node: Y.XmlElement | Y.XmlText | Y.XmlFragment): string {
  if (node instanceof Y.XmlText)
    return (node.toDelta() as { insert?: unknown }[])
      .map(({ insert }) => (typeof insert === "string" ? insert : ""))
      .join("");
  const inside = node
    .toArray()
    .map((child) => (child instanceof Y.XmlHook ? "" : words(child as Y.XmlElement)));
  const text = node instanceof Y.XmlElement && node.nodeName === "paragraph";
  return inside.filter((each) => each.trim()).join(text ? "" : "\n\n");
}
