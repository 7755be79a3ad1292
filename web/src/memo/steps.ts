// Where the memo stands: the steps in one line, a sentence, and the one next button.
import { html, nothing, type TemplateResult } from "lit";
import { moment, number, t } from "../i18n";
import { icon } from "../part";
import type { Stage } from "./tree";

/** Steps in words and order; `send` draws the button of its own that sends. */
export function drawSteps(
  stage: Stage,
  say: (command: Record<string, unknown>) => void,
  send: TemplateResult | typeof nothing,
): TemplateResult {
  const at = stage.steps.findIndex((each) => each.told === "now");
  const { next } = stage;
  return html`<section class="wide steps" aria-label=${t("Where the memo stands")}><ol>${stage.steps.map(
    (each) =>
      html`<li class=${each.told} aria-current=${each.told === "now" ? "step" : nothing}>${each.told === "done" ? icon("check") : nothing}<span>${each.name}</span>${each.told === "done" ? html`<span class="vh">${t("done")}</span>` : nothing}</li>`,
  )}</ol><p class="note count">${t("{step}: step {n} of {all}", { step: stage.steps[at]?.name ?? "", n: number(at + 1), all: number(stage.steps.length) })}</p><div class="row between"><p class="grow" role="status">${stage.line}${stage.ends && stage.waiting ? html` <span class="note">${t("Until {time}.", { time: moment(stage.ends) })}</span>` : nothing}</p>${
    next && !next.send
      ? html`<div class="go"><button class="btn small" type="button" aria-describedby=${next.hint ? "step-hint" : nothing} @click=${() => say(next.command)}>${next.label}</button></div>`
      : send
  }</div>${next?.hint && !next.send ? html`<p class="note" id="step-hint">${next.hint}</p>` : nothing}</section>`;
}
