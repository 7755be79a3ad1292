// Cards "I will ...": who, what, with whom, by when, and what helps.
import { html, nothing, type TemplateResult } from "lit";
import { day, number, t, tn } from "../i18n";
import { icon } from "../part";
import type { Commitment, Commitments, Offer } from "../wire";
import { BlockPart, sees } from "./block";

/** Cards that are read without asking for more. */
const FEW = 4;

function stateTag(state: Commitment["state"]): TemplateResult | typeof nothing {
  switch (state) {
    case "draft":
      return html`<span class="tag">${t("not given yet")}</span>`;
    case "done":
      return html`<span class="tag leaf">${icon("check")}${t("done")}</span>`;
    case "changed":
      return html`<span class="tag sand">${t("changed")}</span>`;
    case "dropped":
      return html`<span class="tag">${t("let go")}</span>`;
    default:
      return nothing;
  }
}

export class CommitmentsBlock extends BlockPart<Commitments> {
  protected override render(): TemplateResult {
    const { title, cards } = this.block;
    if (this.view.lens === "screen") return this.onWall();
    return html`<section class="stack"><h2 class="sec">${title}</h2>${
      cards.length
        ? html`${this.list(cards.slice(0, FEW))}${cards.length > FEW ? html`<details class="rules"><summary>${tn("{n} more", "{n} more", cards.length - FEW)}${icon("down")}</summary>${this.list(cards.slice(FEW))}</details>` : nothing}`
        : html`<p class="quiet">${t("No commitments yet. A small one is a good one.")}</p>`
    }</section>`;
  }

  private list(cards: Commitment[]): TemplateResult {
    return html`<ul class="commits">${cards.map((card) => html`<li class="card">${this.card(card)}</li>`)}</ul>`;
  }

  /** Who will do what, by when; what may not be read aloud does not stand on a wall. */
  private onWall(): TemplateResult {
    const { title, cards } = this.block;
    const told = cards.filter((card) => card.text);
    return html`<section class="stack"><h2 class="sec">${title}<span class="note nums">${number(told.length)}</span></h2>${cards.length ? nothing : html`<p class="quiet">${t("No commitments yet. A small one is a good one.")}</p>`}<ul class="commits">${told.map((card) => html`<li><b dir="auto">${card.who}</b> <span dir="auto">${t("I will {what}", { what: `\u2068${card.text}\u2069` })}</span>${card.by ? html` <span class="quiet">${day(card.by)}</span>` : nothing}</li>`)}</ul></section>`;
  }

  private card(card: Commitment): TemplateResult {
    const offers = card.offers
      .map((index) => this.view.may[index] as unknown as Offer | undefined)
      .filter((offer): offer is Offer => !!offer && offer.shown !== false);
    const rows: [string, string | null | undefined][] = [
      [t("With"), card.with_whom],
      [t("By"), card.by ? day(card.by) : null],
      [t("First step"), card.first_step],
      [t("What helps"), card.needs],
      [t("Asks after it"), card.partner],
      [t("Asked to ask after it"), card.partner ? null : card.asked],
    ];
    return html`<div class="row between"><b dir="auto">${card.who}</b>${stateTag(card.state)}</div>
      ${card.text ? html`<p class="will" dir="auto">${t("I will {what}", { what: `\u2068${card.text}\u2069` })}</p>` : html`<p class="quiet">${t("These words are not for everyone.")}</p>`}
      <dl>${rows
        .filter(([, value]) => value)
        .map(([name, value]) => html`<div><dt>${name}</dt><dd dir="auto">${value}</dd></div>`)}</dl>
      <p>${sees(card.sees)}</p>
      ${offers.length ? html`<div class="row">${offers.map((offer) => html`<tl-offer .stage=${this.stage} .offer=${offer} .look=${"small"}></tl-offer>`)}</div>` : nothing}`;
  }
}
