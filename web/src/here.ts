// "Where are we?": one key or one small button, and it is said once, politely, and stands on the
// screen until it is put away. It goes by the room's own clock, and asks the server for nothing.
import { html, nothing, type TemplateResult } from "lit";
import { ticker } from "./clock";
import { StagePart } from "./frame";
import { t } from "./i18n";
import { letterOf, want, wanted } from "./keys";
import { define, icon, way } from "./part";
import type { Stage } from "./stage";
import { whereabouts } from "./whereabouts";

/** The key that asks; a plain letter, which can be turned off. */
export const ASK = "t";

/** Milliseconds until it is said, so that the same answer is heard again; and until what was said
 *  is no longer found twice by somebody who reads on. */
const BREATH = 60;
const SAID = 6_000;

export class HerePart extends StagePart {
  static override properties = {
    ...StagePart.properties,
    open: { state: true },
    said: { state: true },
  };
  declare open: boolean;
  declare said: string;
  private timer: number | undefined;
  private readonly tick = () => this.open && this.requestUpdate();
  private readonly pressed = (event: KeyboardEvent) => this.key(event);

  override connectedCallback(): void {
    super.connectedCallback();
    ticker.add(this.tick);
    document.addEventListener("keydown", this.pressed);
  }

  override disconnectedCallback(): void {
    ticker.remove(this.tick);
    document.removeEventListener("keydown", this.pressed);
    window.clearTimeout(this.timer);
    super.disconnectedCallback();
  }

  private key(event: KeyboardEvent): void {
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "Escape" && this.open && !event.defaultPrevented) {
      event.preventDefault();
      this.close();
    } else if (wanted() && letterOf(event) === ASK) {
      event.preventDefault();
      this.answer();
    }
  }

  private get lines(): string[] {
    const { view } = this.stage;
    return view ? whereabouts(view) : [];
  }

  private answer(): void {
    this.open = true;
    this.say("");
    this.later(BREATH, () => {
      this.say(this.lines.join(" "));
      this.later(SAID, () => this.say(""));
    });
  }

  private say(text: string): void {
    this.said = text;
  }

  private later(ms: number, work: () => void): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(work, ms);
  }

  private close(): void {
    const inside = this.querySelector(".hereabouts")?.contains(document.activeElement);
    window.clearTimeout(this.timer);
    this.open = false;
    this.say("");
    if (inside) this.querySelector("button")?.focus();
  }

  protected override render(): TemplateResult | typeof nothing {
    if (!this.stage?.view) return nothing;
    const label = t("Where are we?");
    return html`<button class="btn icon" type="button" aria-label=${label} aria-expanded=${this.open ? "true" : "false"} aria-keyshortcuts=${wanted() ? ASK : nothing} @click=${() => (this.open ? this.close() : this.answer())}>${icon("clock")}</button><p class="vh" role="status">${this.said ?? ""}</p>${
      this.open
        ? html`<section class="hereabouts stack" aria-label=${label}>${this.lines.map((line) => html`<p dir=${way(line)}>${line}</p>`)}<button class="btn small" type="button" @click=${() => this.close()}>${icon("cross")}${t("Close")}</button></section>`
        : nothing
    }`;
  }
}

/** A row of the menu: whether the key is wanted on this device. */
export function askKey(stage: Stage): TemplateResult {
  return html`<label class="check keyrow"><input type="checkbox" .checked=${wanted()} @change=${(
    event: Event,
  ) => {
    want((event.target as HTMLInputElement).checked);
    stage.changed();
  }}><span>${t("The key {key} says where we are", { key: ASK.toUpperCase() })}</span></label>`;
}

define("tl-here", HerePart);
