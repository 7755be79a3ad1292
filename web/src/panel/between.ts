// The panel before the first activity and after the last: what is worth doing now, within reach.
import { html, nothing, type TemplateResult } from "lit";
import { comingIn, finished } from "../frame";
import { t, tn, woven } from "../i18n";
import { icon } from "../part";
import type { Stage } from "../stage";
import type { Offer, ViewMessage } from "../wire";

const LEADERS = ["lead", "facilitator", "co"];

/** Before the first activity, between two, or after the last; undefined while one runs. */
export function moment(view: ViewMessage): "before" | "between" | "after" | undefined {
  if (view.activity) return undefined;
  if (finished(view)) return "after";
  return comingIn(view) ? "before" : "between";
}

function row(
  picture: string,
  what: string | TemplateResult,
  note: string,
  action: TemplateResult | typeof nothing,
): TemplateResult {
  return html`<li class="row between"><span class="row tight grow">${icon(picture)}<span>${what}${note ? html`<br><span class="note">${note}</span>` : nothing}</span></span>${action}</li>`;
}

/** What a newcomer looks for while people come in: the invitation, the plan, the call, a second
 *  pair of hands. */
export function before(stage: Stage, view: ViewMessage): TemplateResult | typeof nothing {
  if (moment(view) !== "before") return nothing;
  const room = `/r/${stage.boot.room}`;
  const { agenda, code, call } = view.room;
  const minutes = agenda.reduce((sum, each) => sum + each.minutes, 0);
  const people = (stage.people?.people ?? []).filter((person) => person.role !== "screen");
  const alone = people.filter((person) => LEADERS.includes(person.role)).length < 2;
  const may = (type: string, role?: string) =>
    stage.offers.find((offer: Offer) => offer.type === type && (!role || offer.role === role));
  const small = (offer: Offer | undefined) =>
    offer ? html`<tl-offer .stage=${stage} .offer=${offer} .look=${"small"}></tl-offer>` : nothing;
  return html`<ul class="people todo">${row(
    "people",
    code
      ? html`${woven(t("People come in with {code}"), { code: html`<b class="nums" dir="ltr">${code}</b>` })}`
      : t("Invite people"),
    "",
    html`<a class="btn small" href=${`${room}/ready`}>${t("Invitation and links")}</a>`,
  )}${
    agenda.length
      ? row(
          "calendar",
          t("The agenda"),
          `${tn("{n} activity", "{n} activities", agenda.length)} · ${tn("{n} minute", "{n} minutes", minutes)}`,
          html`<a class="btn small" href=${`${room}/agenda`}>${t("Look through it")}</a>`,
        )
      : nothing
  }${row(
    "call",
    t("Where voices meet"),
    call ?? t("No call is set here: people hear each other in the hall, or in a call of your own."),
    call ? nothing : small(may("room.call")),
  )}${
    alone
      ? row(
          "key",
          t("Nobody else can lead yet"),
          people.length > 1
            ? t("If your line drops, a co-facilitator goes on.")
            : t("When somebody is here, you can make them co-facilitator."),
          small(may("seat.role", "facilitator")),
        )
      : nothing
  }</ul>`;
}

/** After the last activity the next step is the memo; without an agenda it is the agenda. */
export function onwards(stage: Stage, view: ViewMessage): TemplateResult | typeof nothing {
  const room = `/r/${stage.boot.room}`;
  const after = moment(view) === "after";
  if (!after && view.room.agenda.length) return nothing;
  return html`<div class="nextline"><div><p class="note">${t("Next")}</p><p class="lead">${
    after ? t("Read the memo, add what only you know, and send it.") : t("Nothing is planned yet")
  }</p></div><div class="stack"><a class="btn main big" href=${`${room}/${after ? "memo" : "agenda"}`}>${icon(after ? "page" : "calendar")}${after ? t("Open the memo") : t("Plan the agenda")}</a></div></div>`;
}
