// The control panel: now and next with the one right button, people, signals, the private strip.
import { html, nothing, type TemplateResult } from "lit";
import { drawBlock, regions } from "./blocks/index";
import { readBoot } from "./boot";
import { serverNow, ticker } from "./clock";
import { fixedPlace, isLead, leadOffers, StagePart } from "./frame";
import { lostTables } from "./hall";
import { hour, number, t, tn } from "./i18n";
import { enter } from "./mount";
import { drawn, footOffers, mainOffers } from "./offers";
import { define, icon, initials } from "./part";
import { openStage } from "./stage";
import type { AgendaRow, Block, Offer, Person, ViewMessage } from "./wire";

/** Minutes from which an item of the agenda strip is drawn wider. */
const HALF = 15;
const LONG = 40;
/** How many people the short list shows: those who need a look come first. */
const SHORT = 8;

/** What may be long is read after the buttons. */
const LISTS: ReadonlySet<Block["type"]> = new Set(["cards", "stories", "answers"]);

type Tab = "now" | "people" | "signals" | "private";

export class PanelPage extends StagePart {
  static override properties = {
    ...StagePart.properties,
    menu: { state: true },
    tab: { state: true },
    everyone: { state: true },
    preview: { state: true },
    line: { state: true },
    seen: { state: true },
  };
  declare menu: boolean;
  declare tab: Tab;
  declare everyone: boolean;
  declare preview: boolean;
  declare line: string;
  /** What a phone shows, while the preview is open. */
  declare seen: ViewMessage | undefined;
  private readonly tick = () => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    this.tab ??= "now";
    ticker.add(this.tick);
  }

  override disconnectedCallback(): void {
    ticker.remove(this.tick);
    super.disconnectedCallback();
  }

  protected override render(): TemplateResult {
    const { stage } = this;
    const { view } = stage;
    if (!view) return html`<div class="phone"><h1 class="head">${t("One moment")}</h1></div>`;
    document.title = `${view.room.title} · Talanoa`;
    return html`<div class="control">
      ${this.tab === "now" ? nothing : html`<h1 class="vh phoneonly">${view.room.title}</h1>`}${this.top(view)}
      ${this.menu ? this.drawMenu() : nothing}
      <div class="wide agwrap wideonly">${strip(view.room.agenda)}</div>
      <div class="ctl tab-${this.tab}">
        <div class="stack maincol" data-tab="now">${fixedPlace(stage)}${lostTables(stage)}${leadOffers(stage)}${this.now(view)}</div>
        <div class="stack side" data-tab="people signals private">${this.signals()}${this.people()}${this.strip()}</div>
      </div>${this.tabs()}</div>${this.preview ? this.drawPreview() : nothing}`;
  }

  private top(view: ViewMessage): TemplateResult {
    const { stage } = this;
    const { count } = stage.unsaved;
    const state = stage.connection.connected
      ? count
        ? html`<span>${t("saving")}</span>`
        : html`<span class="okc">${t("saved")}</span>`
      : stage.connection.line === "opening"
        ? html`<span>${t("opening the line")}</span>`
        : html`<b>${stage.connection.line === "lost" ? t("no line since {time}", { time: hour(stage.connection.since) }) : t("finding the line again")}</b>`;
    return html`<header class="top wide ctop"><a class="brand" href="/">${icon("talanoa")}Talanoa</a><div class="place"><b dir="auto">${view.room.title}</b> <span class="note">${tn("{n} here", "{n} here", view.room.here)} · <span role="status">${state}</span></span></div>
      <nav class="end row wideonly" aria-label=${t("Panel")}><button class="btn bare" type="button" @click=${() => this.showPreview()}>${icon("eye")}${t("As a phone sees it")}</button>${this.lead("small")}
      <button class="btn icon" type="button" aria-label=${t("More")} aria-expanded=${this.menu ? "true" : "false"} @click=${() => this.toggle()}>${icon("more")}</button></nav>
      <button class="btn icon phoneonly end" type="button" aria-label=${t("More")} aria-expanded=${this.menu ? "true" : "false"} @click=${() => this.toggle()}>${icon("more")}</button></header>`;
  }

  private toggle(): void {
    this.menu = !this.menu;
  }

  private showPreview(): void {
    this.preview = true;
    void this.fetchSeen();
    this.menu = false;
    void this.updateComplete.then(() => this.querySelector("dialog")?.showModal());
  }

  private lead(look: string): TemplateResult | typeof nothing {
    const offer = this.stage.offers.find(
      (each) => each.type === "lead.offer" || each.type === "lead.request",
    );
    return offer
      ? html`<tl-offer .stage=${this.stage} .offer=${offer} .look=${look}></tl-offer>`
      : nothing;
  }

  private drawMenu(): TemplateResult {
    const { stage } = this;
    const room = `/r/${stage.boot.room}`;
    return html`<nav class="wide panelmenu" aria-label=${t("More")} @keydown=${(
      event: KeyboardEvent,
    ) => {
      if (event.key === "Escape") this.menu = false;
    }}><div class="menu">
      <div class="phoneonly"><button type="button" @click=${() => this.showPreview()}>${icon("eye")}${t("As a phone sees it")}</button></div>
      ${drawn(stage.offers, "menu").map(
        (offer) =>
          html`<tl-offer class=${offer.type === "lead.offer" || offer.type === "lead.request" ? "phoneonly" : ""} .stage=${stage} .offer=${offer} .look=${"menurow"}></tl-offer>`,
      )}
      <a href=${room}>${icon("device")}${t("My own screen")}</a>
      <a href=${`${room}/ready`}>${icon("key")}${t("Invitation and links")}</a>
      <a href=${`${room}/memo`}>${icon("page")}${t("Memo")}</a>
      <a href=${`${room}/agenda`}>${icon("calendar")}${t("Agenda")}</a>
    </div></nav>`;
  }

  private leading(view: ViewMessage): string {
    const { lead } = view.room;
    if (lead.acting === view.seat) return t("Now · you lead");
    if (lead.acting === "autopilot") return t("Now · the clocks go on by themselves");
    return lead.name ? t("Now · {name} leads", { name: lead.name }) : t("Now");
  }

  private now(view: ViewMessage): TemplateResult {
    const { stage } = this;
    const head = view.blocks.find((block) => block.type === "now");
    const next = view.blocks.find((block) => block.type === "next");
    const rest = view.blocks.filter((block) => block !== head && block !== next);
    const drawnByGroups = new Set(
      view.blocks.flatMap((block) =>
        block.type === "groups" ? block.groups.flatMap((group) => group.offers) : [],
      ),
    );
    const loose = drawn(stage.offers, "beside", "foot", "group").filter(
      (offer) => !drawnByGroups.has(stage.offers.indexOf(offer)) && !isLead(offer),
    );
    const main = drawn(stage.offers, "main").filter((offer) => !isLead(offer));
    return html`<section class="nowcard" aria-labelledby="now"><div class="row between"><p class="note">${this.leading(view)}</p>${
      view.ends_at
        ? html`<p class="note nums">${t("ends about {time}", { time: hour(Date.now() + view.ends_at - serverNow()) })}</p>`
        : nothing
    }</div><h1 class="head" id="now">${head?.type === "now" ? head.text : (view.place ?? view.room.title)}</h1>
    <div class="stack">${rest.filter((block) => !LISTS.has(block.type)).map((block) => drawBlock(stage, view, block))}
    ${loose.length ? html`<div class="row loose">${loose.map((offer) => html`<tl-offer .stage=${stage} .offer=${offer} .look=${"small"}></tl-offer>`)}</div>` : nothing}${rest.filter((block) => LISTS.has(block.type)).map((block) => drawBlock(stage, view, block))}</div>
    ${next || main.length ? this.next(next, main) : nothing}</section>`;
  }

  private next(next: Block | undefined, main: Offer[]): TemplateResult {
    const { stage } = this;
    return html`<div class="nextline"><div>${next?.type === "next" ? html`<p class="note">${t("Next")}</p><p class="lead">${next.text}</p>` : nothing}</div><div class="stack">${main.map(
      (offer, n) =>
        html`<tl-offer .stage=${stage} .offer=${offer} .look=${n ? "big" : "main big"}></tl-offer>`,
    )}</div></div>${next?.type === "next" && next.hint ? html`<p class="note nextnote">${next.hint}</p>` : main[0]?.hint ? html`<p class="note nextnote">${main[0].hint}</p>` : nothing}`;
  }

  private get helped(): Person[] {
    return (this.stage.people?.people ?? []).filter((person) => person.help);
  }

  private signals(): TemplateResult {
    const { stage } = this;
    const epoch = stage.view?.room.lead.epoch ?? 0;
    const open = this.helped;
    return html`<section class="stack" aria-labelledby="sg" data-tab="signals"><h2 class="sec" id="sg">${t("Signals")}<span class="note">${open.length ? tn("{n} open", "{n} open", open.length) : t("all quiet")}</span></h2>
    ${open.map(
      (person) =>
        html`<p class="sig">${icon("heart")}<span class="grow"><b dir="auto">${person.name}</b> ${person.about ? t("asks for help: {about}", { about: person.about }) : t("asks for help")}</span><button class="btn small" type="button" @click=${() => stage.say({ type: "help.answer", seat: person.seat, epoch })}>${t("Seen to it")}</button></p>`,
    )}</section>`;
  }

  private people(): TemplateResult {
    const all = (this.stage.people?.people ?? []).filter((person) => person.role !== "screen");
    const count = (presence: string) => all.filter((person) => person.presence === presence).length;
    const urgent = (person: Person) =>
      person.help ? 0 : person.presence === "away" ? 1 : person.note ? 2 : 3;
    const shown = this.everyone
      ? all
      : [...all].sort((a, b) => urgent(a) - urgent(b)).slice(0, SHORT);
    return html`<section class="stack" aria-labelledby="pp" data-tab="people"><h2 class="sec" id="pp">${t("People")}<span class="note nums"><b>${number(count("here"))}</b> ${t("here")} · <b>${number(count("away"))}</b> ${t("away")} · <b>${number(count("gone"))}</b> ${t("gone")}</span></h2>
    ${all.length ? html`<ul class="people">${shown.map((person) => this.row(person))}</ul>` : html`<p class="quiet">${t("Nobody has come in yet.")}</p>`}
    ${
      all.length > SHORT
        ? html`<button class="btn bare" type="button" aria-expanded=${this.everyone ? "true" : "false"} @click=${() => {
            this.everyone = !this.everyone;
          }}>${icon("people")}${this.everyone ? t("Fewer people") : t("All people and groups")}</button>`
        : nothing
    }</section>`;
  }

  private row(person: Person): TemplateResult {
    const seconds = Math.max(0, Math.round((serverNow() - person.since) / 1000));
    const away = person.since
      ? seconds < 90
        ? t("away {n} s", { n: number(seconds) })
        : t("away {n} min", { n: number(Math.round(seconds / 60)) })
      : t("away");
    return html`<li><span class="av" aria-hidden="true">${initials(person.name)}</span><span class="name"><bdi>${person.name}</bdi>${person.group ? html`<span class="note"> · ${person.group}</span>` : nothing}</span>${
      person.presence === "away"
        ? html`<span class="tag sand nums">${away}</span>`
        : person.presence === "gone"
          ? html`<span class="note">${t("gone")}</span>`
          : person.note
            ? html`<span class="note">${person.note}</span>`
            : nothing
    }</li>`;
  }

  private strip(): TemplateResult {
    const { stage } = this;
    const codes = [t("5 min left"), t("Slow down"), t("Someone wants in")];
    const say = (text: string) => {
      if (text.trim()) stage.say({ type: "desk.say", text: text.trim() });
      this.line = "";
    };
    const desk = (stage.people?.people ?? []).filter((person) =>
      ["facilitator", "lead", "co"].includes(person.role),
    );
    return html`<section class="deep strip stack" aria-labelledby="ps" data-tab="private"><h2 class="sec" id="ps"><span class="row tight">${icon("lock")}${t("Facilitators only")}</span>${desk.length > 1 ? html`<span class="note">${tn("{n} of you", "{n} of you", desk.length)}</span>` : nothing}</h2>
    ${stage.desk?.lines.length ? html`<ul tabindex="0" aria-label=${t("Lines")}>${stage.desk.lines.slice(-30).map((line) => html`<li><b dir="auto">${line.who}</b> <span class="note nums">${hour(line.at)}</span><br><span dir="auto">${line.text}</span></li>`)}</ul>` : html`<p class="note">${t("One line to the other facilitators. It is never exported.")}</p>`}
    <div class="row codes">${codes.map((code) => html`<button class="btn small" type="button" @click=${() => say(code)}>${code}</button>`)}</div>
    <form @submit=${(event: Event) => {
      event.preventDefault();
      say(this.line ?? "");
    }}><label class="vh" for="pm">${t("Write to the facilitators")}</label><input class="inp" id="pm" dir="auto" maxlength="500" autocomplete="off" placeholder=${t("Write to the facilitators")} .value=${this.line ?? ""} @input=${(
      event: Event,
    ) => {
      this.line = (event.target as HTMLInputElement).value;
    }}></form></section>`;
  }

  private tabs(): TemplateResult {
    const tab = (name: Tab, picture: string, label: string) =>
      html`<button type="button" aria-current=${this.tab === name ? "true" : "false"} @click=${() => {
        this.tab = name;
      }}>${icon(picture)}${label}</button>`;
    const open = this.helped.length;
    return html`<nav class="tabs" aria-label=${t("Parts of the panel")}>${tab("now", "circle", t("Now"))}${tab("people", "people", t("People"))}${tab("signals", "bell", open ? t("Signals, {n}", { n: number(open) }) : t("Signals"))}${tab("private", "lock", t("Private"))}</nav>`;
  }

  private drawPreview(): TemplateResult {
    const { stage, seen } = this;
    const parts = seen ? regions(seen) : null;
    return html`<dialog class="sheet-over preview" aria-label=${t("As a phone sees it")} @close=${() => {
      this.preview = false;
    }}><div class="stack"><button class="btn" type="button" @click=${() => this.querySelector("dialog")?.close()}>${icon("cross")}${t("Back to the panel")}</button>
    <div class="asphone" inert>${
      seen && parts
        ? html`<div class="phone"><header class="where"><div class="place"><b dir="auto">${seen.place ?? seen.room.title}</b><span dir="auto">${seen.sub ?? ""}</span></div></header><section class="say stack">${parts.say.map((block) => drawBlock(stage, seen, block))}</section>${parts.pics.map((block) => drawBlock(stage, seen, block))}<div class="mine stack">${parts.rest.map((block) => drawBlock(stage, seen, block))}</div><div class="foot stack">${mainOffers(stage, seen.may as unknown as Offer[])}${footOffers(stage, seen.may as unknown as Offer[])}</div></div>`
        : html`<p class="quiet">${t("One moment")}</p>`
    }</div></div></dialog>`;
  }

  /** The same view a seat of this facilitator would get on a phone. */
  private async fetchSeen(): Promise<void> {
    const { room, seat } = this.stage.boot;
    const answer = await fetch(`/api/rooms/${room}/view?lens=seat&seat=${seat}`);
    if (answer.ok) this.seen = (await answer.json()) as ViewMessage;
  }
}

/** The evening as a strip: what was, what is, what comes; widths are rough, words are exact. */
export function strip(agenda: AgendaRow[]): TemplateResult {
  return html`<ol class="agenda" aria-label=${t("Agenda")}>${agenda.map((row) => {
    const width = row.minutes >= LONG ? "long" : row.minutes >= HALF ? "half" : "";
    const state = row.state === "now" ? "cur" : row.state === "to come" ? "" : "done";
    return html`<li class="${width} ${state}" aria-current=${row.state === "now" ? "step" : nothing}>${row.title}${row.state === "skipped" ? html` <span class="note">${t("left out")}</span>` : nothing}</li>`;
  })}</ol>`;
}

define("tl-panel", PanelPage);
void enter(openStage("panel"), readBoot().room, "tl-panel");
