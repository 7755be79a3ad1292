// The control panel: now and next with the one right button, people, signals, the private strip.
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { drawBlock } from "./blocks/index";
import { readBoot } from "./boot";
import { serverNow, ticker } from "./clock";
import type { Answer, Sent } from "./commands";
import { isTyping } from "./focus";
import { fixedPlace, leadOffers, StagePart } from "./frame";
import { lostTables } from "./hall";
import { hour, number, t, tn } from "./i18n";
import { enter } from "./mount";
import type { OfferButton } from "./offers";
import { before, moment, onwards } from "./panel/between";
import { baton, DebriefPart, DutiesPart, rest as resting } from "./panel/helm";
import { keyFor, keyOf, sheet } from "./panel/keys";
import { menuParts } from "./panel/menu";
import { PeoplePart } from "./panel/people";
import { asPhone, fetchPreview } from "./panel/preview";
import { open, SignalsPart } from "./panel/signals";
import { type Sorted, sorted } from "./panel/sorting";
import { StripPart } from "./panel/strip";
import { BAR, LastStep, mover, onward, type Said, tookTwice } from "./panel/undo";
import { define, icon } from "./part";
import { openStage } from "./stage";
import { tongues } from "./tongue";
import type { AgendaRow, Block, NextStep, Offer, ViewMessage } from "./wire";

/** Minutes from which an item of the agenda strip is drawn wider. */
const HALF = 15;
const LONG = 40;

/** What may be long is read after the buttons. */
const LISTS: ReadonlySet<Block["type"]> = new Set(["cards", "stories", "answers", "commitments"]);

type Tab = "now" | "people" | "signals" | "private";

export class PanelPage extends StagePart {
  static override properties = {
    ...StagePart.properties,
    menu: { state: true },
    tab: { state: true },
    over: { state: true },
    whose: { state: true },
    seen: { state: true },
    said: { state: true },
  };
  declare menu: boolean;
  declare tab: Tab;
  /** What lies over the panel. */
  declare over: "" | "preview" | "keys";
  /** Whose phone the preview shows; empty: anybody's. */
  declare whose: string;
  /** What that phone shows: undefined while it is fetched, null when there is nothing. */
  declare seen: ViewMessage | null | undefined;
  /** A line said in passing: it needs no answer. */
  declare said: Said | undefined;
  private readonly steps = new LastStep();
  private step: string | undefined;
  private readonly tick = () => this.requestUpdate();
  private readonly pressed = (event: KeyboardEvent) => this.key(event);
  private readonly answered = (event: Event) => this.twice((event as CustomEvent<Answer>).detail);

  /** What was on its way already when the menu opened. */
  private earlier: ReadonlySet<string> = new Set();

  /** The menu lies over the panel: it goes once what was asked for in it is done. */
  private readonly sent = (event: Event) => {
    const { id } = (event as CustomEvent<Sent>).detail;
    if (this.menu && !this.earlier.has(id)) this.closeMenu();
  };

  override connectedCallback(): void {
    super.connectedCallback();
    this.tab ??= "now";
    this.over ??= "";
    this.whose ??= "";
    ticker.add(this.tick);
    document.addEventListener("keydown", this.pressed);
    this.stage.commands.addEventListener("answer", this.answered);
    this.stage.addEventListener("done", this.sent);
  }

  override disconnectedCallback(): void {
    ticker.remove(this.tick);
    document.removeEventListener("keydown", this.pressed);
    this.stage.commands.removeEventListener("answer", this.answered);
    this.stage.removeEventListener("done", this.sent);
    super.disconnectedCallback();
  }

  protected override render(): TemplateResult {
    const { stage } = this;
    const { view } = stage;
    if (!view) return html`<div class="phone"><h1 class="head">${t("One moment")}</h1></div>`;
    document.title = `${view.room.title} · Talanoa`;
    this.steps.look(view);
    const places = sorted(stage.offers, view.blocks);
    return html`<div class="control">
      ${this.tab === "now" ? nothing : html`<h1 class="vh phoneonly">${view.room.title}</h1>`}${this.top(view, places)}
      ${this.menu ? this.drawMenu(places) : nothing}
      <div class="wide agwrap wideonly">${strip(view.room.agenda)}</div>
      <div class="ctl tab-${this.tab}">
        <div class="stack maincol" data-tab="now">${fixedPlace(stage)}${lostTables(stage)}${leadOffers(stage)}${baton(stage)}${this.now(view, places)}</div>
        <div class="stack side" data-tab="people signals private"><tl-signals data-tab="signals" .stage=${stage}></tl-signals><tl-people data-tab="people" .stage=${stage}></tl-people><tl-strip data-tab="private" .stage=${stage}></tl-strip><tl-duties data-tab="private" .stage=${stage}></tl-duties></div>
      </div>
      <div class="reach">${this.tab === "now" ? nothing : html`<div class="phoneonly">${this.passing(places)}</div>`}${this.tabs()}</div></div>${this.drawOver()}`;
  }

  private top(view: ViewMessage, places: Sorted): TemplateResult {
    const { stage } = this;
    const { count } = stage.unsaved;
    const state = stage.connection.connected
      ? count
        ? html`<span>${t("saving")}</span>`
        : html`<span class="okc">${t("saved")}</span>`
      : stage.connection.line === "opening"
        ? html`<span>${t("opening the line")}</span>`
        : html`<b>${stage.connection.line === "lost" ? t("no line since {time}", { time: hour(stage.connection.since) }) : t("finding the line again")}</b>`;
    return html`<header class="top wide ctop"><a class="brand" href="/">${icon("talanoa")}Talanoa</a><div class="place"><b dir="auto">${view.room.title}</b> <span class="note">${tn("{n} here", "{n} here", view.room.here)} · <span class="lineword">${state}</span></span></div>
      <nav class="end row" aria-label=${t("Panel")}><a class="btn bare wideonly" href=${`/r/${stage.boot.room}/agenda`}>${icon("calendar")}${t("Agenda")}</a><button class="btn bare wideonly" type="button" aria-keyshortcuts="v" @click=${() => this.lay("preview")}>${icon("eye")}${t("As a phone sees it")}</button>${places.alarm ? html`<tl-offer class="alarm" .stage=${stage} .offer=${places.alarm} .keys=${keyFor(places.alarm.type)} .look=${"bare"}></tl-offer>` : nothing}${places.lead ? html`<tl-offer class="wideonly" .stage=${stage} .offer=${places.lead} .keys=${keyFor(places.lead.type)} .look=${"small"}></tl-offer>` : nothing}
      <tl-here .stage=${stage}></tl-here><button class="btn icon more wideonly" type="button" aria-label=${t("More")} aria-keyshortcuts="o" aria-expanded=${this.menu ? "true" : "false"} @click=${() => this.toggle()}>${icon("more")}</button></nav></header>`;
  }

  private toggle(): void {
    this.menu = !this.menu;
  }

  private openMenu(): void {
    this.menu = true;
    void this.updateComplete.then(() =>
      this.querySelector<HTMLElement>(".menu :is(button, a)")?.focus(),
    );
  }

  private closeMenu(): void {
    this.menu = false;
    for (const button of this.querySelectorAll<HTMLElement>(".more"))
      if (button.offsetParent) button.focus();
  }

  private drawMenu(places: Sorted): TemplateResult {
    const { stage } = this;
    const room = `/r/${stage.boot.room}`;
    const row = (offer: Offer, where = "") =>
      html`<tl-offer class=${where} .stage=${stage} .offer=${offer} .keys=${keyFor(offer.type)} .look=${"menurow"}></tl-offer>`;
    // While the bar stands, the step back is there; afterwards it is here.
    const back = places.back && !this.steps.seconds ? places.back : undefined;
    return html`<nav class="wide panelmenu" aria-label=${t("More")} @keydown=${(
      event: KeyboardEvent,
    ) => {
      if (event.key === "Escape" && !event.defaultPrevented) this.closeMenu();
    }}><div class="menu">
      ${back ? row({ ...back, label: t("Undo the last step") }) : nothing}
      <div class="phoneonly"><button type="button" @click=${() => this.lay("preview")}>${icon("eye")}${t("As a phone sees it")}</button></div>
      ${places.lead ? row(places.lead, "phoneonly") : nothing}
      ${menuParts(places.menu).map(
        (part, n) =>
          html`<section aria-labelledby=${`mp${n}`}><h2 class="note" id=${`mp${n}`}>${part.title}</h2>${part.offers.map((offer) => row(offer))}</section>`,
      )}
      <section aria-labelledby="mpgo"><h2 class="note" id="mpgo">${t("Go to")}</h2>
      <a href=${`${room}/board`}>${icon("board")}${t("The board")}</a>
      <a href=${`${room}/agenda`}>${icon("calendar")}${t("Agenda")}</a>
      <a href=${`${room}/memo`}>${icon("page")}${t("Memo")}</a>
      <a href=${`${room}/ready`}>${icon("key")}${t("Invitation and links")}</a>
      <a href=${room}>${icon("device")}${t("My own screen")}</a>
      <button type="button" class="wideonly" aria-keyshortcuts="?" @click=${() => this.lay("keys")}>${icon("grip")}${t("Keys")}</button></section>
      ${tongues(stage)}
    </div></nav>`;
  }

  private leading(view: ViewMessage): string {
    const { lead } = view.room;
    if (lead.acting === view.seat) return t("Now · you lead");
    if (lead.acting === "autopilot") return t("Now · the clocks go on by themselves");
    return lead.name ? t("Now · {name} leads", { name: lead.name }) : t("Now");
  }

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    if (changed.has("menu") && this.menu) this.earlier = new Set(this.stage.commands.requests);
  }

  /** A new step is read from its head: whoever had scrolled down would look at nothing. */
  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const { view } = this.stage;
    const here = view ? `${view.activity?.id ?? ""} ${view.activity?.phase ?? ""}` : "";
    const began = this.step !== undefined && here !== this.step;
    if (view) this.step = here;
    const top = this.querySelector("#now")?.getBoundingClientRect().top ?? 0;
    if (began && top < 0 && !this.over && !this.menu && !isTyping()) window.scrollTo({ top: 0 });
  }

  private now(view: ViewMessage, places: Sorted): TemplateResult {
    const { stage } = this;
    const head = view.blocks.find((block) => block.type === "now");
    // While everything is paused the one right button goes on with this, not with what comes next.
    const resumes = places.main.some((offer) => offer.type === "pause.resume");
    const following = view.blocks.find((block) => block.type === "next");
    const next = resumes ? undefined : following;
    const rest = view.blocks.filter((block) => block !== head && block !== following);
    const short = rest.filter((block) => !LISTS.has(block.type));
    const lists = rest.filter((block) => LISTS.has(block.type));
    const small = (offer: Offer) =>
      html`<tl-offer .stage=${stage} .offer=${offer} .keys=${keyFor(offer.type)} .look=${"small"}></tl-offer>`;
    const late = pace(view);
    return html`<section class="nowcard" aria-labelledby="now"><div class="row between"><p class="note">${this.leading(view)}</p>${
      view.ends_at
        ? html`<p class="note nums">${t("ends about {time}", { time: hour(Date.now() + view.ends_at - serverNow()) })}</p>`
        : nothing
    }${late ? html`<p class="note nums">${late}</p>` : nothing}</div>${resting(stage)}<h1 class="head" id="now" tabindex="-1">${head?.type === "now" ? head.text : (view.place ?? view.room.title)}</h1>
    <div class="stack body">${before(stage, view)}${short.map((block) => drawBlock(stage, view, block))}
    ${places.loose.length ? html`<div class="row loose">${places.loose.map(small)}</div>` : nothing}${lists.map((block) => drawBlock(stage, view, block))}</div>
    <div class="dock">${this.passing(places)}${places.clocks.length ? html`<div class="row clocks" role="group" aria-label=${t("Everybody's clocks")}>${places.clocks.map(small)}</div>` : nothing}
    ${this.next(view, next, places.main)}</div></section>`;
  }

  /** What comes, and the one right button, at the foot of the card whatever stands above. */
  private next(
    view: ViewMessage,
    next: NextStep | undefined,
    main: Offer[],
  ): TemplateResult | typeof nothing {
    const { stage } = this;
    if (!main.length && (moment(view) === "after" || !view.room.agenda.length) && !view.activity)
      return onwards(stage, view);
    if (!next && !main.length) {
      const { lead } = view.room;
      return lead.acting !== view.seat && lead.name
        ? html`<p class="note nextnote">${t("{name} has the next step.", { name: `\u2068${lead.name}\u2069` })}</p>`
        : nothing;
    }
    const { lead } = view.room;
    const others = !main.length && lead.acting !== view.seat && lead.name;
    const hint = others
      ? t("{name} has the next step.", { name: `\u2068${lead.name}\u2069` })
      : (next?.hint ?? main[0]?.hint);
    return html`<div class="nextline"><div>${next ? html`<p class="note">${t("Next")}</p><p class="lead">${next.text}</p>` : nothing}</div><div class="stack">${main.map(
      (offer, n) =>
        html`<tl-offer .stage=${stage} .offer=${offer} .keys=${keyFor(offer.type, !n)} .look=${n ? "big" : "main big"}></tl-offer>`,
    )}</div></div>${hint ? html`<p class="note nextnote ${others ? "others" : ""}">${hint}</p>` : nothing}`;
  }

  /** What is said in passing, and for ten seconds the way back. */
  private passing(places: Sorted): TemplateResult {
    const { seconds, moved, returned } = this.steps;
    const now = performance.now();
    // What was pressed is said until the room has answered with its own line.
    const since = Math.max(moved?.until ?? 0, returned?.until ?? 0);
    const line =
      this.said && this.said.until > now && this.said.until > since
        ? this.said.text
        : returned && returned.until > now
          ? returned.text
            ? t("Back again: {step}", { step: returned.text })
            : t("Back again.")
          : "";
    const bar = !!places.back && seconds > 0;
    const text = line || (bar && moved ? onward(moved) : "");
    return html`<div class="undo ${text || bar ? "" : "empty"}"><p class="grow" role="status">${text}</p>${
      bar && places.back
        ? html`<button class="btn small" type="button" aria-keyshortcuts="u" aria-busy=${this.stage.commands.busy(this.stage.key(places.back)) ? "true" : "false"} @click=${() => places.back && this.stage.take(places.back)}>${icon("undo")}<span>${t("Undo")} <span class="nums" aria-hidden="true">${t("{n} s", { n: number(seconds) })}</span></span></button>`
        : nothing
    }</div>`;
  }

  /** Two facilitators pressed at once: one step was taken, and the second one is told calmly. */
  private twice({ sent, message }: Answer): void {
    if (message.type !== "refused" || !tookTwice(message.reason, sent.payload.command)) return;
    const name = mover(this.stage);
    this.stage.refusal = null;
    this.tell(
      name
        ? t("{name} has moved on already. Nothing was lost.", { name: `\u2068${name}\u2069` })
        : t("That step was taken already. Nothing was lost."),
    );
  }

  private tell(text: string): void {
    this.said = { text, until: performance.now() + BAR };
  }

  // Keys

  private key(event: KeyboardEvent): void {
    const key = this.querySelector("dialog")?.open ? undefined : keyOf(event);
    const { view } = this.stage;
    if (!key || !view) return;
    event.preventDefault();
    const places = sorted(this.stage.offers, view.blocks);
    const all = this.stage.offers.filter((offer) => offer.shown !== false);
    const find = (pattern: RegExp) => all.find((offer) => pattern.test(offer.type));
    switch (key) {
      case "next":
        void this.press(places.main[0], t("There is no next step for you now."));
        break;
      case "undo":
        this.undo(places.back);
        break;
      case "pause":
        void this.press(
          [...places.clocks, ...places.main].find((offer) =>
            /^(pause\.|break\.end)/.test(offer.type),
          ),
          t("Nothing can be paused now."),
        );
        break;
      case "more":
        void this.press(find(/^phase\.extend$/), t("There is no clock to extend now."));
        break;
      case "end":
        void this.press(find(/^activity\.cut$/), t("Nothing can be ended now."));
        break;
      case "say":
        void this.press(find(/^say\.all$/), t("You cannot write to everybody now."));
        break;
      case "hand":
        void this.press(find(/^lead\./), t("The lead cannot change hands now."));
        break;
      case "admit":
        void this.press(
          places.signals.find((offer) => /admit/.test(offer.type)),
          t("Nobody waits at the door."),
        );
        break;
      case "freeze":
        void this.press(places.alarm, t("You cannot freeze the room now."));
        break;
      case "preview":
      case "help":
        this.lay(key === "help" ? "keys" : "preview");
        break;
      case "signals":
        void this.go("signals", "#sg");
        break;
      case "people":
        void this.go("people", "#pp");
        break;
      case "private":
        void this.go("private", "#pm");
        break;
      case "menu":
        if (this.menu) this.closeMenu();
        else this.openMenu();
    }
  }

  private undo(back: Offer | undefined): void {
    if (back) this.stage.take(back);
    else this.tell(t("There is nothing to undo now."));
  }

  /** Presses the button of an offer where it stands, so that its questions open there. */
  private async press(offer: Offer | undefined, otherwise: string): Promise<void> {
    if (!offer) {
      this.tell(otherwise);
      return;
    }
    const found = () =>
      [...this.querySelectorAll<OfferButton>("tl-offer")].find(
        (each) => each.offer === offer && each.offsetParent !== null,
      );
    if (!found()) {
      const answer = /admit/.test(offer.type);
      this.tab = answer ? "signals" : "now";
      this.menu = offer.place === "menu" && !answer;
      await this.updateComplete;
    }
    const button = found();
    if (!button) return;
    if (!button.asks) this.tell(offer.label);
    button.press();
  }

  private async go(tab: Tab, to: string): Promise<void> {
    this.tab = tab;
    await this.updateComplete;
    this.querySelector<HTMLElement>(to)?.focus();
  }

  private tabs(): TemplateResult {
    const tab = (name: Tab, picture: string, label: string) =>
      html`<button type="button" aria-current=${this.tab === name ? "true" : "false"} @click=${() => {
        this.tab = name;
        this.menu = false;
      }}>${icon(picture)}${label}</button>`;
    const { length } = open(this.stage);
    return html`<nav class="tabs" aria-label=${t("Parts of the panel")}>${tab("now", "circle", t("Now"))}${tab("people", "people", t("People"))}${tab("signals", "bell", length ? t("Signals, {n}", { n: number(length) }) : t("Signals"))}${tab("private", "lock", t("Private"))}<button class="more" type="button" aria-expanded=${this.menu ? "true" : "false"} @click=${() => (this.menu ? this.closeMenu() : this.openMenu())}>${icon("more")}${t("More")}</button></nav>`;
  }

  // What lies over the panel

  private lay(over: "preview" | "keys"): void {
    this.over = over;
    this.menu = false;
    if (over === "preview") void this.look(this.whose);
    void this.updateComplete.then(() => this.querySelector("dialog")?.showModal());
  }

  private async look(whose: string): Promise<void> {
    this.whose = whose;
    this.seen = undefined;
    const seen = await fetchPreview(this.stage, whose);
    if (this.whose === whose) this.seen = seen;
  }

  private drawOver(): TemplateResult | typeof nothing {
    const close = () => this.querySelector("dialog")?.close();
    // A dialog says this a moment after it closed; a quick hand has opened it again by then.
    const gone = (event: Event) => {
      if (!(event.target as HTMLDialogElement).open) this.over = "";
    };
    if (this.over === "keys")
      return html`<dialog class="sheet-over" aria-label=${t("Keys")} @close=${gone}>${sheet(close)}</dialog>`;
    if (this.over !== "preview") return nothing;
    const people = (this.stage.people?.people ?? []).filter(
      (person) => person.role === "participant" && person.presence !== "gone",
    );
    return html`<dialog class="sheet-over preview" aria-label=${t("As a phone sees it")} @close=${gone}><div class="sheet stack"><div class="row"><button class="btn" type="button" @click=${close}>${icon("cross")}${t("Back to the panel")}</button>
    <label class="vh" for="whose">${t("Whose phone")}</label><select class="inp grow" id="whose" @change=${(
      event: Event,
    ) =>
      this.look(
        (event.target as HTMLSelectElement).value,
      )}><option value="">${t("A participant's phone")}</option>${people.map((person) => html`<option value=${person.seat} ?selected=${person.seat === this.whose}>${person.name}</option>`)}</select></div>
    <p class="note">${t("Words that are private are left out. Nothing here can be pressed.")}</p>
    <div class="asphone" inert aria-busy=${this.seen === undefined ? "true" : "false"}>${asPhone(this.stage, this.seen)}</div></div></dialog>`;
  }
}

/** Minutes from which being ahead of or behind the plan is worth a word. */
const WORTH = 2;

/** "4 min behind the plan": `behind`, and what has passed since the present item was due. */
function pace(view: ViewMessage): string {
  const { plan } = view.room;
  if (!plan) return "";
  const ms = plan.behind + (plan.due ? Math.max(0, serverNow() - plan.due) : 0);
  const whole = Math.round(Math.abs(ms) / 60_000);
  if (whole < WORTH) return "";
  return ms > 0
    ? t("{n} min behind the plan", { n: number(whole) })
    : t("{n} min ahead of the plan", { n: number(whole) });
}

/** The evening as a strip: what was, what is, what comes; widths are rough, words are exact. */
export function strip(agenda: AgendaRow[]): TemplateResult {
  return html`<ol class="agenda" aria-label=${t("Agenda")}>${agenda.map((row) => {
    const width = row.minutes >= LONG ? "long" : row.minutes >= HALF ? "half" : "";
    const state = row.state === "now" ? "cur" : row.state === "to come" ? "" : "done";
    return html`<li class="${width} ${state}" aria-current=${row.state === "now" ? "step" : nothing}>${row.title}${row.state === "skipped" ? html` <span class="note">${t("left out")}</span>` : nothing}</li>`;
  })}</ol>`;
}

define("tl-signals", SignalsPart);
define("tl-people", PeoplePart);
define("tl-strip", StripPart);
define("tl-duties", DutiesPart);
define("tl-debrief", DebriefPart);
define("tl-panel", PanelPage);
void enter(openStage("panel"), readBoot().room, "tl-panel");
