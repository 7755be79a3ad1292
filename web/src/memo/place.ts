// One place of the memo to write in: the editor once it is near the screen, its small toolbar, and
// the notes the words are written from.
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { t, tn } from "../i18n";
import { define, icon, Part } from "../part";
import type { Stage } from "../stage";
import type { Mark } from "./editor";
import type { Places } from "./places";
import { anchor, type Line, type Space } from "./tree";

type Tools = typeof import("./editor");
type Editor = ReturnType<Tools["open"]>;

/** How far below the screen an editor is made ready. */
const NEAR = "600px";

/** Words after which a place counts as written, and the notes behind it fold away. */
const ENOUGH = 40;

/** Milliseconds the toolbar stays after the cursor has gone. */
const LINGER = 300;

const MARKS: readonly Mark[] = ["bold", "italic", "list"];

let loading: Promise<Tools> | undefined;

/** The editor's code, asked for once. */
function tools(): Promise<Tools> {
  loading ??= import("./editor");
  return loading;
}

export class PlacePart extends Part {
  static override properties = {
    stage: { attribute: false },
    places: { attribute: false },
    space: { attribute: false },
    editable: { attribute: false },
    fit: { attribute: false },
    opened: { state: true },
    active: { state: true },
  };
  declare stage: Stage;
  declare places: Places;
  declare space: Space;
  declare editable: boolean;
  /** Whether the words were read again for the shareable copy, as they are now. */
  declare fit: boolean;
  /** An empty place nobody asks for stays folded until somebody opens it. */
  declare opened: boolean;
  /** The editor that has, or had, the cursor. */
  declare active: Editor | null;
  private kit: Tools | undefined;
  private editors = new Map<object, { editor: Editor; host: HTMLElement }>();
  private seen: IntersectionObserver | undefined;
  private near = false;
  private wanted = false;
  private drawing = false;
  private readonly again = () => {
    void this.bind();
    this.requestUpdate();
  };

  override connectedCallback(): void {
    super.connectedCallback();
    this.places.addEventListener("places", this.again);
    this.places.addEventListener("text", this.again);
    this.seen = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        this.seen?.disconnect();
        this.near = true;
        void this.bind();
      },
      { rootMargin: NEAR },
    );
    this.seen.observe(this);
  }

  override disconnectedCallback(): void {
    this.places.removeEventListener("places", this.again);
    this.places.removeEventListener("text", this.again);
    this.seen?.disconnect();
    for (const { editor, host } of this.editors.values()) {
      editor.destroy();
      host.remove();
    }
    this.editors.clear();
    this.classList.remove("bound");
    this.near = false;
    super.disconnectedCallback();
  }

  /** Whether somebody here has the cursor in it. */
  get held(): boolean {
    return this.contains(document.activeElement);
  }

  /** Puts the cursor into it, as soon as there is an editor. */
  write(): void {
    this.opened = true;
    this.near = true;
    this.wanted = true;
    void this.bind();
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("editable"))
      for (const { editor } of this.editors.values())
        if (editor.isEditable !== this.editable) editor.setEditable(this.editable, false);
    void this.bind();
  }

  private get folded(): boolean {
    return !this.space.ask && !this.opened && !this.places.has(this.space.id);
  }

  /** An editor for each element of this place, and none for those that are gone. */
  private async bind(): Promise<void> {
    if (!this.near || this.folded) return;
    this.kit ??= await tools();
    await this.places.ready;
    const sheet = this.querySelector<HTMLElement>(".scribe");
    if (!this.isConnected || !sheet || !this.kit) return;
    const now = this.places.elements(this.space.id);
    for (const [element, { editor, host }] of this.editors)
      if (!now.includes(element as (typeof now)[number])) {
        if (this.active === editor) this.active = null;
        editor.destroy();
        host.remove();
        this.editors.delete(element);
      }
    const { stage, places, space } = this;
    for (const element of now) {
      if (this.editors.has(element)) continue;
      const host = document.createElement("div");
      sheet.append(host);
      const label = space.label || t("Your words");
      const made = this.kit.open({
        host,
        element,
        id: space.id,
        awareness: places.awareness,
        name: stage.name(stage.seat),
        label: t("Your words: {place}", { place: label }),
        ask: space.ask || t("Write here."),
        editable: this.editable,
        typed: () => places.typed(space.id),
        changed: (editor) => this.look(editor),
        told: (sentence) => {
          stage.refusal = sentence;
          stage.changed();
        },
      });
      this.editors.set(element, { editor: made, host });
      this.classList.add("bound");
      this.opened = true; // and stays so, when the last word is taken away
    }
    if (this.wanted && this.editors.size) {
      this.wanted = false;
      const first = [...this.editors.values()][0]?.editor;
      first?.commands.focus("end");
    }
  }

  /** Draws the toolbar again, once for many changes. */
  private look(editor: Editor): void {
    if (editor.isFocused) this.active = editor;
    if (this.drawing) return;
    this.drawing = true;
    requestAnimationFrame(() => {
      this.drawing = false;
      this.requestUpdate();
    });
  }

  protected override render(): TemplateResult {
    const { space } = this;
    const label = space.label || t("Your words");
    if (this.folded)
      return this.editable
        ? html`<button class="btn bare addwords" type="button" id=${`w${anchor(space.id)}`} @click=${() => this.write()}>${icon("pencil")}${t("Add words of yours: {place}", { place: label })}</button><div class="scribe" hidden></div>`
        : html`<div class="scribe" hidden></div>`;
    return html`<div class="writes" id=${`w${anchor(space.id)}`} @focusin=${() => this.classList.add("on")} @focusout=${() => this.left()}><div class="scribe" @click=${(
      event: Event,
    ) => {
      if (event.target === event.currentTarget) this.write();
    }}></div>${this.editable ? this.toolbar() : nothing}${this.notes(space.notes ?? [])}</div>`;
  }

  /** The toolbar stays a moment: what somebody is just pressing must not move away under them. */
  private left(): void {
    window.setTimeout(() => {
      if (!this.held) this.classList.remove("on");
    }, LINGER);
  }

  private toolbar(): TemplateResult {
    const { kit, active } = this;
    const names: Record<Mark, string> = {
      bold: t("Bold"),
      italic: t("Italic"),
      list: t("List"),
    };
    return html`<div class="tools" role="toolbar" aria-label=${t("Bold, italic, list")} @keydown=${(event: KeyboardEvent) => this.steer(event)}>${MARKS.map(
      (mark, n) => {
        const on = !!(kit && active && kit.pressed(active, mark));
        return html`<button type="button" tabindex=${n ? -1 : 0} aria-label=${names[mark]} title=${names[mark]} aria-pressed=${on ? "true" : "false"} @mousedown=${(event: Event) => event.preventDefault()} @click=${() => {
          const to = active ?? [...this.editors.values()][0]?.editor;
          if (kit && to) kit.press(to, mark);
        }}>${icon(mark)}</button>`;
      },
    )}</div>${this.travels()}`;
  }

  /** What stands here goes into the copy for others only when somebody read it again for that. */
  private travels(): TemplateResult | typeof nothing {
    const { stage, space, fit } = this;
    if (!this.places.has(space.id)) return nothing;
    return html`<button class="btn bare travels" type="button" aria-pressed=${fit ? "true" : "false"} @click=${() => stage.say({ type: "memo.fit", section: space.id, on: !fit })}>${icon(fit ? "check" : "send")}${fit ? t("Also in the shareable copy") : t("Fit for the shareable copy?")}</button>`;
  }

  /** One stop for Tab; the arrows go from one button to the next. */
  private steer(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const buttons = [...this.querySelectorAll<HTMLElement>(".tools button")];
    const rtl = getComputedStyle(this).direction === "rtl";
    const at = buttons.indexOf(document.activeElement as HTMLElement) + (rtl ? -step : step);
    const next = buttons[(at + buttons.length) % buttons.length];
    for (const button of buttons) button.tabIndex = button === next ? 0 : -1;
    next?.focus();
  }

  /** Whether the words are still being made from the notes: then these stay in sight. */
  private get begun(): boolean {
    return this.places.text(this.space.id).split(/\s+/).length < ENOUGH;
  }

  /** What the words are written from, at hand while somebody writes. */
  private notes(notes: Line[]): TemplateResult | typeof nothing {
    if (!notes.length) return nothing;
    return html`<details class="behind" ?open=${this.begun}><summary>${tn("Written from {n} note", "Written from {n} notes", notes.length)}${icon("down")}</summary><ul>${notes.map((line) => html`<li dir="auto" lang=${line.language || nothing}>${line.text}</li>`)}</ul></details>`;
  }
}

define("tl-place", PlacePart);
