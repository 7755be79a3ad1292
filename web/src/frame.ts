// Parts of the frame round every screen: where we are, the honest state line, the fixed place for
// a refusal, the menu.
import { html, nothing, type TemplateResult } from "lit";
import { serverNow } from "./clock";
import { copyText } from "./copy";
import { hour, t, tn, tp } from "./i18n";
import { icon, Part, way } from "./part";
import { seenSentence } from "./seen";
import type { Stage } from "./stage";
import type { Offer, ViewMessage } from "./wire";

/** Milliseconds a line said to everybody stays on the screens. */
const NOTICE = 180_000;

/** Follows a stage: renders again whenever it changes. */
export class StagePart extends Part {
  static override properties = { stage: { attribute: false } };
  declare stage: Stage;
  private readonly follow = () => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    this.stage?.addEventListener("change", this.follow);
  }

  override disconnectedCallback(): void {
    this.stage?.removeEventListener("change", this.follow);
    super.disconnectedCallback();
  }
}

function line(stage: Stage): TemplateResult {
  const { connection } = stage;
  switch (connection.line) {
    case "connected":
      return html`<span class="ok">${icon("line")}${t("Connected")}</span>`;
    case "opening":
      return html`<span class="wait">${icon("line")}${t("Opening the line")}</span>`;
    case "finding":
      return html`<span class="wait">${icon("noline")}${t("Finding the line again")}</span>`;
    case "lost":
      return html`<span class="wait">${icon("noline")}${t("No line since {time}", { time: hour(connection.since) })}</span>`;
    case "ended":
      return html`<span class="wait">${icon("noline")}${t("The line has ended")}</span>`;
  }
}

/** Whether everything typed here is safe, and where. */
export function saved(stage: Stage): TemplateResult {
  const { count, onDisk } = stage.unsaved;
  if (!count && stage.connection.fetching) return html`<span>${t("Fetching your words")}</span>`;
  if (!count) return html`<span class="ok">${icon("saved")}${t("Saved")}</span>`;
  if (onDisk) return html`<span class="ok">${icon("device")}${t("Saved on this device")}</span>`;
  return html`<span class="wait">${icon("pencil")}${tn("Not saved ({n})", "Not saved ({n})", count)}</span>`;
}

/** Connected or not, saved or not; always in the same place, never a toast. That the line drops is
 *  said aloud, that a letter was saved is not. */
export function stateLine(stage: Stage, flat = false): TemplateResult {
  return html`<p class="state ${flat ? "flat" : ""}"><span role="status">${line(stage)}</span><span class="end">${saved(stage)}</span></p>`;
}

/** The fixed place under the state line: what was refused, or why the line has ended. */
export function fixedPlace(stage: Stage): TemplateResult {
  const { ending } = stage.connection;
  const said = stage.view?.room;
  const notice = said && serverNow() - said.notice_at < NOTICE ? said.notice : null;
  const bridge = said?.bridge && serverNow() < said.bridge.until ? said.bridge : null;
  return html`<div class="fixed" role="status">${
    ending
      ? html`<p class="refused"><span>${endingSentence(ending.code)}</span><a class="btn small" href="/j">${t("Come in again")}</a></p>`
      : stage.kept
        ? lastSeen(stage.kept)
        : stage.connection.line === "lost" && stage.drafts.keeps
          ? html`<p class="refused"><span>${t("The line dropped. Your words are safe on this device. We keep trying.")}</span></p>`
          : nothing
  }${
    stage.drafts.keeps || stage.warned
      ? nothing
      : html`<p class="notice"><span>${t("This browser keeps nothing on this device. Leave the page open until it says Saved.")}</span> <button class="btn small" type="button" @click=${() => {
          stage.warned = true;
          stage.changed();
        }}>${t("All right")}</button></p>`
  }${
    stage.refusal
      ? html`<p class="refused"><span>${stage.refusal}</span><button class="btn small" type="button" @click=${() => {
          stage.refusal = null;
          stage.changed();
        }}>${t("All right")}</button></p>`
      : nothing
  }${said?.frozen ? html`<p class="notice" dir=${way(said.frozen)}>${said.frozen}</p>` : nothing}${bridge ? html`<p class="notice" dir=${way(bridge.text)}>${bridge.text}</p>` : nothing}${notice ? html`<p class="notice" dir=${way(notice)}>${notice}</p>` : nothing}</div>`;
}

/** The page came out of this device: what stands on it may be over. */
function lastSeen(at: number): TemplateResult {
  return html`<p class="refused seen">${icon("noline")}<span><b>${seenSentence(at)}</b> ${t("What you write is kept on this device and sent later.")}</span></p>`;
}

function endingSentence(code: number): string {
  switch (code) {
    case 4410:
      return t("The room is closed. Thank you for being here.");
    case 4411:
      return t("This seat has moved to another device.");
    case 4404:
      return t("There is no such room any more.");
    case 4401:
    case 4403:
      return t("This device has no seat here any more. What you wrote stays on it.");
    default:
      return t("The line was ended. What you wrote stays on this device.");
  }
}

/** Before the first activity of a room nothing weighs as much as starting it. */
export function comingIn(view: ViewMessage): boolean {
  return !view.activity && !view.room.agenda.some((row) => /^(done|now)$/.test(row.state));
}

/** An offered or vacant lead stands before everything else, wherever its facilitator is. */
export function leadOffers(stage: Stage): TemplateResult | typeof nothing {
  const found = stage.offers.filter((offer) => isLead(offer) && offer.place !== "menu");
  if (!found.length) return nothing;
  const text = found.find((offer) => offer.hint)?.hint ?? t("Who leads from here?");
  return html`<div class="sig">${icon("key")}<span class="grow">${text}</span>${found.map((offer) => html`<tl-offer .stage=${stage} .offer=${offer} .look=${"small"}></tl-offer>`)}</div>`;
}

/** Whether the last activity is over (or left out). */
export function finished(view: ViewMessage): boolean {
  const { agenda } = view.room;
  return agenda.length > 0 && agenda.every((row) => ["done", "skipped"].includes(row.state));
}

/** Commands about who leads; what a shadow proposes stands where the step itself would. */
const OF_LEAD = /^lead\.(offer|accept|decline|request|take|volunteer|force)$/;

export function isLead(offer: Offer): boolean {
  return OF_LEAD.test(offer.type);
}

/** What somebody was still writing when the box went: nothing said is lost. On a device that
 *  several share it is folded. */
function halves(stage: Stage, whole: boolean): TemplateResult[] {
  const { view, seat, drafts } = stage;
  if (!view) return [];
  const standing = new Set([
    ...view.blocks.flatMap((block) =>
      block.type === "cards" ? [stage.box(`note-${block.section}`)] : [],
    ),
    ...stage.offers.flatMap((offer) => stage.questionBoxes(offer)),
  ]);
  const left = drafts.halves(
    seat,
    view.activity?.id ?? "room",
    standing,
    whole && view.activity?.phase !== "paused",
  );
  if (!left.length) return []; // as nearly always: a board of a thousand cards is not searched
  // What stands on this page, on its own sheet, is not lost.
  const drawn = new Set(
    [...document.querySelectorAll<Element & { name?: string }>("tl-box")].map((box) => box.name),
  );
  return left
    .filter(([box]) => !drawn.has(box))
    .map(
      ([box, text]) =>
        html`<details class="rules" ?open=${stage.boot.seats.length < 2 && (!view.activity || box.startsWith(`${view.activity.id}/`))}><summary>${t("You were still writing this. Only you see it.")}${icon("down")}</summary><div class="in stack">${kept(text, () => drafts.sent(seat, box))}</div></details>`,
    );
}

function kept(text: string, forget: () => unknown): TemplateResult {
  return html`<blockquote dir="auto">${text}</blockquote><div class="row"><button class="btn small" type="button" @click=${() => copyText(text)}>${icon("copy")}${t("Copy")}</button><button class="btn small" type="button" @click=${forget}>${tp("a text that was not sent", "Let it go")}</button></div>`;
}

/** Texts that found no home: to copy, or to let go. `whole`: this page shows every box of the
 *  activity that is on. */
export function tray(stage: Stage, whole = false): TemplateResult | typeof nothing {
  const strays = stage.drafts.tray(stage.seat);
  const begun = halves(stage, whole);
  if (!strays.length && !begun.length) return nothing;
  return html`<section class="tray stack" aria-label=${t("Not sent")}>${begun}${strays.length ? html`<p class="note">${t("This was not sent. It is kept on this device for you.")}</p>` : nothing}${strays.map(
    (stray) => kept(stray.text, () => stage.drafts.forget(stray.id)),
  )}</section>`;
}
