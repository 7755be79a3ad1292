// A voice for whoever does not speak: what they write is said by this device, or shown large to those
// around it. It leaves the page for nobody, and goes with it.
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { sayable, speaks, utterance } from "./aloud";
import { StagePart } from "./frame";
import { t } from "./i18n";
import { define, icon } from "./part";

/** Letters of one text: a minute's speech. */
const MOST = 1_000;

export class InsteadPart extends StagePart {
  static override properties = {
    ...StagePart.properties,
    on: { state: true },
    words: { state: true },
    large: { state: true },
  };
  declare on: boolean;
  declare words: string;
  declare large: boolean;
  /** Whose words these are: at a shared device the next person does not find them. */
  private seat = "";
  /** Held here: some browsers forget a sentence that nobody holds before it is over. */
  private said: SpeechSynthesisUtterance | undefined;
  private readonly look = () => this.requestUpdate();

  constructor() {
    super();
    this.on = false;
    this.words = "";
    this.large = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (speaks) speechSynthesis.addEventListener?.("voiceschanged", this.look);
  }

  override disconnectedCallback(): void {
    if (speaks) speechSynthesis.removeEventListener?.("voiceschanged", this.look);
    this.hush();
    super.disconnectedCallback();
  }

  /** Comes up over the page, with what was written last. */
  async open(): Promise<void> {
    this.large = false;
    this.on = true;
    await this.updateComplete;
    this.querySelector("dialog")?.showModal();
  }

  private closed(): void {
    this.on = false;
    this.hush();
  }

  private hush(): void {
    if (this.said) speechSynthesis.cancel();
    this.said = undefined;
  }

  private say(): void {
    const words = this.words.trim();
    const said = words ? utterance(words) : undefined;
    if (!said) return;
    speechSynthesis.cancel();
    this.said = said;
    speechSynthesis.speak(said);
  }

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    const { seat } = this.stage;
    if (seat === this.seat) return;
    this.seat = seat;
    this.words = "";
    this.querySelector("dialog")?.close();
  }

  protected override updated(changed: PropertyValues): void {
    // Whoever turns the page of the sheet stays in it.
    if (changed.has("large") && this.querySelector("dialog")?.open)
      this.querySelector<HTMLElement>(this.large ? ".again" : "#instead")?.focus();
  }

  protected override render(): TemplateResult | typeof nothing {
    if (!this.on) return nothing;
    return html`<dialog class="sheet-over" aria-label=${t("Say it for me")} @close=${() => this.closed()}><div class="sheet stack">${this.large ? this.shown() : this.written()}</div></dialog>`;
  }

  private shown(): TemplateResult {
    return html`<p class="loud" dir="auto">${this.words}</p><button class="btn again" type="button" @click=${() => {
      this.large = false;
    }}>${icon("pencil")}${t("Write again")}</button>`;
  }

  private written(): TemplateResult {
    const words = this.words.trim();
    return html`<h2 class="head">${t("Say it for me")}</h2><p class="quiet">${t("What you write here stays on this device. It is not kept.")}</p>
    <div class="field"><label for="instead">${t("Your words")}</label><textarea class="inp" id="instead" rows="4" dir="auto" maxlength=${MOST} autofocus .value=${this.words} @input=${(
      event: Event,
    ) => {
      this.words = (event.target as HTMLTextAreaElement).value;
    }}></textarea></div>
    ${sayable(words) ? html`<button class="btn main big" type="button" @click=${() => this.say()}>${icon("sound")}${t("Have it said aloud")}</button>` : html`<p class="note">${t("This device has no voice for it. Show it to those around you.")}</p>`}
    <div class="pair"><button class="btn" type="button" @click=${() => {
      if (words) this.large = true;
      else this.querySelector("textarea")?.focus();
    }}>${icon("eye")}${t("Show it large")}</button><button class="btn" type="button" @click=${() => this.querySelector("dialog")?.close()}>${t("Close")}</button></div>`;
  }
}

/** The way there, in the menu. */
export function insteadRow(page: HTMLElement): TemplateResult {
  return html`<button type="button" @click=${() => void page.querySelector<InsteadPart>("tl-instead")?.open()}>${icon("speech")}${t("Say it for me")}</button>`;
}

define("tl-instead", InsteadPart);
