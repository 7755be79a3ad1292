// Blocks that are filled in: a box, big choices, and the release card.
import { html, nothing, type TemplateResult } from "lit";
import { t } from "../i18n";
import { icon, picture } from "../part";
import type { Choices, Entry, Need, Option, Release } from "../wire";
import { BlockPart, sees } from "./block";

/** A box to type into, with who can see it. */
export class EntryBlock extends BlockPart<Entry> {
  protected override render(): TemplateResult {
    const { box, label, hint, limit, lines, offer, field } = this.block;
    const inner = html`<tl-box .stage=${this.stage} .seat=${this.view.seat} .name=${`${this.view.activity?.id ?? "room"}/${box}`} .label=${label} .hint=${hint ?? null} .limit=${limit} .lines=${lines} .need=${`${offer}/${field}`}></tl-box>`;
    return this.block.sees === "self"
      ? html`<section class="private stack entry"><p>${sees("self")}</p>${inner}</section>`
      : html`<div class="stack entry">${inner}<p>${sees(this.block.sees)}</p></div>`;
  }
}

/** Big choices; pictures make them cards of a sky. */
export class ChoicesBlock extends BlockPart<Choices> {
  protected override render(): TemplateResult {
    const { label, options, offer, field } = this.block;
    const chosen = this.stage.filling(offer, field) ?? this.block.chosen ?? undefined;
    const name = `${this.view.seat}-${offer}-${field}`;
    const set = (value: string) => this.stage.fill(offer, field, value);
    const radio = (option: Option) =>
      html`<input type="radio" name=${name} value=${option.value} .checked=${String(chosen ?? "") === option.value} @change=${() => set(option.value)}>`;
    const pictures = options.some((option) => option.picture);
    const scale = options.length >= 4 && options.every((option) => option.label.length <= 3);
    return html`<fieldset data-need=${`${offer}/${field}`}><legend class=${pictures ? "vh" : ""}>${label}</legend>${
      pictures
        ? html`<div class="sky">${options.map((option) => html`<label class="wx">${radio(option)}${option.picture ? picture(option.picture) : nothing}<span>${option.label}</span></label>`)}</div>`
        : scale
          ? html`<div class="sky five">${options.map((option) => html`<label class="wx">${radio(option)}<b>${option.label}</b>${option.hint ? html`<small>${option.hint}</small>` : nothing}</label>`)}</div>`
          : html`<div class="opts">${options.map((option) => html`<label class="opt">${radio(option)}<span>${option.label}${option.hint ? html`<small>${option.hint}</small>` : nothing}</span>${icon("check", "tick")}</label>`)}</div>`
    }</fieldset>${this.block.sees === "self" ? html`<p>${sees("self")}</p>` : nothing}`;
  }
}

interface Answer {
  value: string;
  icon: string;
  label: string;
  hint?: string;
  button: string;
}

/** The four answers of the release card, and what the button then repeats. */
export function answers(): Answer[] {
  return [
    {
      value: "keep",
      icon: "circle",
      label: t("Keep it in the circle"),
      button: t("Keep it in the circle"),
    },
    {
      value: "lesson",
      icon: "leaf",
      label: t("The lesson, without me"),
      hint: t("The idea, not these words"),
      button: t("Yes, only the lesson"),
    },
    {
      value: "unnamed",
      icon: "quote",
      label: t("My words, without my name"),
      button: t("Yes, without my name"),
    },
    {
      value: "first_name",
      icon: "people",
      label: t("My words, with my first name"),
      button: t("Yes, with my first name"),
    },
    {
      value: "name_org",
      icon: "people",
      label: t("My words, with my name and organisation"),
      button: t("Yes, with name and organisation"),
    },
  ];
}

/** The four choices; `change` hears a choice, `also` the second question. */
export function consent(
  name: string,
  chosen: string | undefined,
  outside: boolean,
  change: (value: string) => void,
  also: (value: boolean) => void,
): TemplateResult {
  const released = chosen && chosen !== "keep" && chosen !== "lesson";
  return html`<fieldset><legend class="vh">${t("May we quote this?")}</legend><div class="opts">${answers().map(
    (answer) =>
      html`<label class="opt"><input type="radio" name=${name} value=${answer.value} .checked=${chosen === answer.value} @change=${() => change(answer.value)}>${icon(answer.icon)}<span>${answer.label}${answer.hint ? html`<small>${answer.hint}</small>` : nothing}</span>${icon("check", "tick")}</label>`,
  )}</div></fieldset>${
    released
      ? html`<fieldset class="row also between"><legend class="vh">${t("Also outside this group?")}</legend><span class="grow" aria-hidden="true">${t("Also outside this group?")}</span><span class="sw"><label><input type="radio" name=${`${name}-out`} .checked=${!outside} @change=${() => also(false)}>${t("No")}</label><label><input type="radio" name=${`${name}-out`} .checked=${outside} @change=${() => also(true)}>${t("Yes")}</label></span></fieldset>`
      : nothing
  }`;
}

type BoxOf = (
  name: string,
  label: string,
  lines: number,
  start?: string,
  hint?: string,
) => TemplateResult;

/** The teller's own card: what may leave the circle, in exact words, and how. */
export class ReleaseBlock extends BlockPart<Release> {
  private need(kind: Need["kind"]): string | undefined {
    const offer = this.stage.offers.find((each) => each.type === this.block.offer);
    return Object.entries(offer?.needs ?? {}).find(([, need]) => need.kind === kind)?.[0];
  }

  protected override render(): TemplateResult {
    const { offer, answered } = this.block;
    const box: BoxOf = (name, label, lines, start, hint) =>
      html`<tl-box .stage=${this.stage} .seat=${this.view.seat} .name=${`${this.view.activity?.id ?? "room"}/${name}`} .label=${label} .hint=${hint ?? null} .limit=${280} .lines=${lines} .need=${`${offer}/${name}`} .start=${start}></tl-box>`;
    const choice = this.need("choice");
    const flag = this.need("flag");
    const chosen =
      (choice && (this.stage.filling(offer, choice) as string)) || answered || undefined;
    const outside = !!(flag && this.stage.filling(offer, flag));
    // After the tellers' own phase an answer stands; changing it is one tap away, not in the way.
    const later = this.stage.offers.find((each) => each.type === offer && each.place === "foot");
    if (answered && later)
      return html`<details class="rules"><summary>${t("Change what may be quoted of your story")}${icon("down")}</summary><div class="stack">${this.card(box, chosen, outside)}<tl-offer .stage=${this.stage} .offer=${later} .look=${""}></tl-offer></div></details>`;
    return this.card(box, chosen, outside);
  }

  private card(box: BoxOf, chosen: string | undefined, outside: boolean): TemplateResult {
    const { moments, drafted } = this.block;
    const choice = this.need("choice");
    const flag = this.need("flag");
    const { offer } = this.block;
    return html`<section class="stack release">
      ${drafted.length ? html`<p class="note">${t("Your witness wrote this down for you. Change what is not yours.")}</p>` : nothing}
      <div class="card"><p>${sees("circle")}</p>
      ${box("title", t("A name for your story"), 1)}
      ${Array.from({ length: moments }, (_, n) =>
        box(
          `moment${n + 1}`,
          n ? t("Another moment, if you like") : t("The moment it turned"),
          2,
          drafted[n],
        ),
      )}
      ${box("quote", t("One sentence of yours, in your exact words"), 2)}</div>
      <h2 class="head">${t("May we quote this?")}</h2>
      ${consent(
        `release-${this.view.seat}`,
        chosen,
        outside,
        (value) => choice && this.stage.fill(offer, choice, value),
        (value) => flag && this.stage.fill(offer, flag, value),
      )}
      <p class="note">${t("Not answering means no. You can change this later from the same link.")}</p>
    </section>`;
  }
}
