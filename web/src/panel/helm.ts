// Leading together: the baton that is about to change hands, who looks after what, what a shadow
// proposes, and the facilitators' own look back at the end.
import { html, nothing, type TemplateResult } from "lit";
import { serverNow } from "../clock";
import { StagePart } from "../frame";
import { hour, t, tn } from "../i18n";
import { icon } from "../part";
import type { Stage } from "../stage";
import type { DebriefQuestion, Offer, ProposalRow } from "../wire";

/** The card both facilitators see before a planned hand-over. */
export function baton(stage: Stage): TemplateResult | typeof nothing {
  const card = stage.view?.room.baton;
  if (!card) return nothing;
  const mine = card.to === stage.view?.seat;
  return html`<section class="card baton stack" aria-labelledby="bt"><h2 class="sec" id="bt"><span class="row tight">${icon("key")}${mine ? t("You lead next") : t("{name} leads next", { name: `\u2068${card.name}\u2069` })}</span><span class="note nums">${tn("{n} minute", "{n} minutes", card.minutes)}</span></h2>
    <p><b dir="auto">${card.title}</b> ${card.purpose}</p>${card.prompt ? html`<p class="prompt" dir="auto">${card.prompt}</p>` : nothing}${
      card.settings.length
        ? html`<details class="rules"><summary>${t("How it is set")}${icon("down")}</summary><ul>${card.settings.map((line) => html`<li>${line}</li>`)}</ul></details>`
        : nothing
    }</section>`;
}

/** Who looks after what; what nobody looks after asks to be decided. */
export class DutiesPart extends StagePart {
  protected override render(): TemplateResult | typeof nothing {
    const duties = this.stage.view?.room.duties ?? [];
    if (!duties.length) return nothing;
    const offer = this.stage.offers.find((each) => each.type === "duty.set");
    const open = duties.filter((duty) => !duty.set).length;
    return html`<details class="rules fold"><summary><h2 class="sec">${t("Who looks after what")}${open ? html`<span class="tag sand">${tn("{n} open", "{n} open", open)}</span>` : nothing}</h2>${icon("down")}</summary><div class="stack">
      <ul class="people">${duties.map(
        (duty) =>
          html`<li><span class="name">${duty.label}</span>${duty.name ? html`<bdi>${duty.name}</bdi>` : html`<span class=${duty.set ? "note" : "tag sand"}>${duty.set ? t("nobody, on purpose") : t("not decided")}</span>`}</li>`,
      )}</ul>${offer ? html`<tl-offer .stage=${this.stage} .offer=${offer} .look=${"small"}></tl-offer>` : nothing}</div></details>`;
  }
}

/** A rest is spoken of from shortly before it until it is no use any more (ms). */
const REST_BEFORE = 120_000;
const REST_AFTER = 900_000;

/** A planned rest that is due: one quiet line, and the break where the activity has one. */
export function rest(stage: Stage): TemplateResult | typeof nothing {
  const due = stage.view?.room.rest;
  const now = serverNow();
  if (!due || now < due.at - REST_BEFORE || now > due.at + REST_AFTER) return nothing;
  if (stage.offers.some((offer) => offer.type === "break.end")) return nothing;
  const offer = stage.offers.find((each) => each.type === "break.start");
  const time = hour(Date.now() + due.at - now);
  return html`<div class="row rest">${icon("later")}<p class="grow">${tn("A rest of {n} minute is planned for {time}.", "A rest of {n} minutes is planned for {time}.", due.minutes, { time })}</p>${offer ? html`<tl-offer .stage=${stage} .offer=${offer} .look=${"small"}></tl-offer>` : nothing}</div>`;
}

function became(state: ProposalRow["state"]): string {
  switch (state) {
    case "done":
      return t("done");
    case "set_aside":
      return t("set aside");
    case "failed":
      return t("was no longer possible");
    default:
      return t("waits for the lead");
  }
}

/** What shadows have proposed, the open ones with their two answers. */
export function proposals(stage: Stage): TemplateResult | typeof nothing {
  const rows = stage.desk?.proposals ?? [];
  if (!rows.length) return nothing;
  const answers = (row: ProposalRow) =>
    row.state === "open"
      ? stage.offers.filter(
          (offer: Offer) =>
            offer.proposal === row.id && /^lead\.(approve|set_aside)$/.test(offer.type),
        )
      : [];
  return html`<section class="stack" aria-labelledby="prp"><h3 class="sec" id="prp">${t("Proposed")}</h3><ul class="stack proposals">${rows.map(
    (row) =>
      html`<li><p><b dir="auto">${row.who}</b> <span class="note nums">${hour(row.at)}</span><br>${row.what} <span class="note">· ${became(row.state)}</span></p>${answers(row).map((offer) => html`<tl-offer .stage=${stage} .offer=${offer} .look=${"small"}></tl-offer>`)}</li>`,
  )}</ul></section>`;
}

/** Three questions for the facilitators alone, after the last activity. */
export class DebriefPart extends StagePart {
  protected override render(): TemplateResult | typeof nothing {
    const debrief = this.stage.desk?.debrief;
    if (!debrief) return nothing;
    return html`<section class="stack debrief" aria-labelledby="db"><h3 class="sec" id="db">${t("Looking back together")}<span class="note nums">${t("until about {time}", { time: hour(Date.now() + debrief.ends_at - serverNow()) })}</span></h3>${debrief.questions.map((each) => this.question(each))}</section>`;
  }

  private question(each: DebriefQuestion): TemplateResult {
    const { stage } = this;
    const id = `db-${each.question}`;
    const send = (event: Event) => {
      event.preventDefault();
      const box = this.querySelector<HTMLInputElement>(`#${id}`);
      const text = box?.value.trim();
      if (!box || !text) return;
      stage.say({ type: "debrief.answer", question: each.question, text });
      box.value = "";
    };
    return html`<form class="stack" @submit=${send}><label for=${id}>${each.label}</label>${each.lines.length ? html`<ul>${each.lines.map((line) => html`<li><b dir="auto">${line.who}</b> <span dir="auto">${line.text}</span></li>`)}</ul>` : nothing}<div class="joinbar"><input class="inp" id=${id} dir="auto" maxlength="500" autocomplete="off"><button class="btn">${icon("send")}<span class="vh">${t("Write it down")}</span></button></div></form>`;
  }
}
