// A box a person types into, bound to a draft; it never loses a letter to a reload or a cut line.
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import type * as Y from "yjs";
import { bind } from "../binding";
import { tn } from "../i18n";
import { Part } from "../part";
import { DRAFT_LIMIT, over, tooLongToKeep, tooMany } from "../sizes";
import type { Stage } from "../stage";

/** From this share of the limit on, the box says how many characters are left. */
const NEARLY = 0.8;

export class Box extends Part {
  static override properties = {
    stage: { attribute: false },
    seat: {},
    name: {},
    label: {},
    hint: {},
    limit: { type: Number },
    lines: { type: Number },
    need: {},
    text: { attribute: false },
    typed: { attribute: false },
    start: {},
    loaded: { state: true },
    much: { state: true },
  };
  declare stage: Stage;
  declare seat: string;
  /** The draft's name, "{activity}/{box}". */
  declare name: string;
  declare label: string;
  declare hint: string | null;
  declare limit: number;
  declare lines: number;
  /** "{offer type}/{field}", so that a button can point here. */
  declare need: string;
  /** Binds to this text instead of a draft. */
  declare text: Y.Text | undefined;
  /** Told of each change made here to that text. */
  declare typed: (() => void) | undefined;
  /** What a draft that is still empty begins with (a witness's note). */
  declare start: string | undefined;
  declare loaded: boolean;
  /** More was put in than anybody could keep. */
  declare much: boolean;
  private release: (() => void) | undefined;
  private unwatch: (() => void) | undefined;
  private unmount: (() => void) | undefined;
  private bound: Y.Text | undefined;
  /** Something was typed before this device's copy of the draft was loaded. */
  private early = false;
  private readonly again = () => this.rebind();

  override connectedCallback(): void {
    super.connectedCallback();
    // Moved within its list, it was let go of for a moment: it binds again.
    if (this.hasUpdated) this.requestUpdate();
  }

  override disconnectedCallback(): void {
    this.letGo();
    this.unwatch?.();
    this.unwatch = undefined;
    this.unmount?.();
    this.unmount = undefined;
    this.stage?.connection.removeEventListener("reopened", this.again);
    super.disconnectedCallback();
  }

  protected override updated(changed: PropertyValues): void {
    // What was given before comes back into a box that was emptied when it was sent.
    const again = changed.has("start") && !!this.start && this.loaded && !this.box?.value;
    if (changed.has("name") || changed.has("seat") || changed.has("text") || again || !this.unwatch)
      void this.attach();
  }

  private async attach(): Promise<void> {
    this.letGo();
    this.unwatch?.();
    this.unwatch = () => undefined;
    if (this.loaded && this.box && !this.text) {
      // Another seat or another draft: nothing of the last one stays on the screen.
      this.loaded = false;
      this.box.value = "";
    }
    this.unmount?.();
    this.unmount = undefined;
    if (!this.text) {
      this.unmount = this.stage.drafts.mount(this.seat, this.name);
      this.stage.drafts.limits.set(this.name, this.limit);
      this.stage.connection.addEventListener("reopened", this.again);
      await this.stage.drafts.ready(this.seat);
      if (!this.isConnected) return;
      this.unwatch = this.stage.drafts.watch(this.seat, () => this.rebind());
      const { drafts } = this.stage;
      if (this.start && !drafts.peek(this.seat, this.name)) {
        drafts.begin(this.seat, this.name, this.start);
      }
    }
    this.loaded = true;
    this.rebind();
  }

  private get box(): HTMLInputElement | HTMLTextAreaElement | null {
    return this.querySelector("input, textarea");
  }

  private letGo(): void {
    this.release?.();
    this.release = undefined;
    this.bound = undefined;
  }

  private rebind(): void {
    const { box } = this;
    if (!box || !this.loaded) return;
    const { drafts } = this.stage;
    const typed = () => {
      drafts.touchedByHand(this.seat, this.name);
      this.fits();
    };
    const refused = () => {
      this.much = true;
    };
    if (this.text) {
      if (this.bound !== this.text) {
        this.letGo();
        const told = () => {
          this.typed?.();
          this.fits();
        };
        this.release = bind(box, this.text, told, refused);
        this.bound = this.text;
      }
      return;
    }
    const there = drafts.has(this.seat, this.name);
    if (this.bound && there === this.bound) return;
    // Where two devices begin the same draft, one of the two texts loses its place: what stood
    // here is added to the other, and what was not yet saved is begun again.
    const lost = !!this.bound && (!!there || drafts.pending(this.seat, this.name));
    const early = drafts.caught(this.seat, this.name);
    if (this.early && !early) box.value = "";
    this.early = false;
    const hurried = early || (lost ? box.value : "");
    this.letGo();
    if (there) {
      if (hurried && !there.toString().includes(hurried))
        there.insert(there.length, there.length ? ` ${hurried}` : hurried);
      this.release = bind(box, there, typed, refused);
      this.bound = there;
      return;
    }
    // Nothing is written into the document before the first letter.
    if (box.value) this.requestUpdate(); // the count of what was left goes with the words
    box.value = "";
    const first = () => {
      if (box.value.length > DRAFT_LIMIT) {
        box.value = "";
        refused();
        return;
      }
      this.much = false;
      box.removeEventListener("input", first);
      drafts.begin(this.seat, this.name, box.value);
      drafts.touchedByHand(this.seat, this.name);
      this.rebind();
      this.requestUpdate();
    };
    if (hurried) {
      box.value = hurried;
      first();
      return;
    }
    box.addEventListener("input", first);
    this.release = () => box.removeEventListener("input", first);
  }

  private fits(): void {
    this.much = false;
    this.requestUpdate();
  }

  /** Typed while the draft is still being loaded: counted as not saved, and taken over then. */
  private hurry(): void {
    if (this.loaded || this.text) return;
    this.early = true;
    this.stage.drafts.hurried(this.seat, this.name, this.box?.value ?? "");
  }

  protected override render(): TemplateResult {
    const { label, hint, limit, lines, need, name } = this;
    const id = `box-${(name || need || label).replace(/\W+/g, "-")}`;
    const more = limit ? over((this.box?.value ?? "").trim(), limit) : 0;
    // A draft is measured when it is sent; what everybody sees at once never grows too long.
    const cut = this.text && limit ? limit : nothing;
    const near = limit && more > limit * (NEARLY - 1);
    return html`<div class="field" data-need=${need || nothing}><label for=${id}>${label}</label>${hint ? html`<p class="note" id=${`${id}-hint`}>${hint}</p>` : nothing}${
      lines > 1
        ? html`<textarea class="inp" id=${id} rows=${lines} @input=${() => this.hurry()} dir="auto" maxlength=${cut} aria-describedby=${hint ? `${id}-hint` : nothing}></textarea>`
        : html`<input class="inp" id=${id} @input=${() => this.hurry()} dir="auto" autocomplete="off" maxlength=${cut} aria-describedby=${hint ? `${id}-hint` : nothing}>`
    }${this.much ? html`<p class="note" role="alert">${tooLongToKeep()}</p>` : near ? html`<p class="note nums">${more > 0 ? tooMany(more) : tn("{n} character left", "{n} characters left", -more)}</p>` : nothing}</div>`;
  }
}
