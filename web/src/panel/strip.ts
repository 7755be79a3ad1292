// The facilitators' private line: what they write to each other, one-tap codes, one box.
import { html, nothing, type TemplateResult } from "lit";
import { comingIn, StagePart } from "../frame";
import { hour, t, tn } from "../i18n";
import { icon } from "../part";
import type { Offer } from "../wire";
import { proposals } from "./helm";

/** How many lines stand: the newest. */
const LINES = 30;

export class StripPart extends StagePart {
  static override properties = { ...StagePart.properties, line: { state: true } };
  declare line: string;

  private say(text: string): void {
    if (text.trim()) this.stage.say({ type: "desk.say", text: text.trim() });
    this.line = "";
  }

  /** One-tap codes the server offers; without them, three that are always useful. */
  private codes(): TemplateResult[] {
    const { stage } = this;
    const offer = stage.offers.find((each: Offer) => each.type === "desk.code");
    const options = offer?.needs.code?.options ?? [];
    if (offer && options.length)
      return options.map(
        (code) =>
          html`<button class="btn small" type="button" @click=${() => stage.take(offer, { code: code.value })}>${code.label}</button>`,
      );
    return [t("5 min left"), t("Slow down"), t("Someone wants in")].map(
      (code) =>
        html`<button class="btn small" type="button" @click=${() => this.say(code)}>${code}</button>`,
    );
  }

  protected override render(): TemplateResult {
    const { stage } = this;
    const desk = (stage.people?.people ?? []).filter((person) =>
      ["facilitator", "lead", "co"].includes(person.role),
    );
    const reader = stage.desk?.watcher ? stage.name(stage.desk.watcher) : "";
    const watcher = reader ? html` · ${t("{name} reads along", { name: reader })}` : nothing;
    const codes = html`<div class="row codes">${this.codes()}</div>`;
    return html`<section class="deep strip stack" aria-labelledby="ps"><h2 class="sec" id="ps"><span class="row tight">${icon("lock")}${t("Facilitators only")}</span>${desk.length > 1 ? html`<span class="note">${tn("{n} of you", "{n} of you", desk.length)}${watcher}</span>` : nothing}</h2>
    ${stage.desk?.lines.length ? html`<ul tabindex="0" aria-label=${t("Lines")}>${stage.desk.lines.slice(-LINES).map((line) => html`<li><b dir="auto">${line.who}</b> <span class="note nums">${hour(line.at)}</span><br><span dir="auto">${line.text}</span></li>`)}</ul>` : html`<p class="note">${t("One line to the other facilitators. It is never exported.")}</p>`}
    ${proposals(stage)}${stage.view && comingIn(stage.view) ? html`<details class="rules fold"><summary>${t("Lines in one tap")}${icon("down")}</summary>${codes}</details>` : codes}
    <form @submit=${(event: Event) => {
      event.preventDefault();
      this.say(this.line ?? "");
    }}><label class="vh" for="pm">${t("Write to the facilitators")}</label><input class="inp" id="pm" dir="auto" maxlength="500" autocomplete="off" placeholder=${t("Write to the facilitators")} .value=${this.line ?? ""} @input=${(
      event: Event,
    ) => {
      this.line = (event.target as HTMLInputElement).value;
    }}></form><tl-debrief .stage=${stage}></tl-debrief></section>`;
  }
}
