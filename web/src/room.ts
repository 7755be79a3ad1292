// A room on a phone or a laptop, and on a shared device: one thing now.
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import "./aloud";
import { Awake, hasFloor } from "./awake";
import { answers } from "./blocks/fill";
import { drawBlock, regions } from "./blocks/index";
import { isTyping } from "./focus";
import { finished, fixedPlace, isLead, leadOffers, StagePart, stateLine, tray } from "./frame";
import { lostTables, moving } from "./hall";
import { askKey } from "./here";
import { t, tn } from "./i18n";
import { insteadRow } from "./instead";
import { keep, reopen } from "./keeper";
import { watchKeyboard } from "./keyboard";
import { breath, mount } from "./mount";
import { nudge, nudges } from "./nudge";
import { drawn, footOffers, loose, mainOffers } from "./offers";
import { OWN } from "./panel/menu";
import { define, icon, initials } from "./part";
import { openStage } from "./stage";
import { tongues } from "./tongue";
import type { Block, Offer, ViewMessage } from "./wire";

/** Whether a screen shows what only this person may see. */
function isPrivate(view: ViewMessage | undefined): boolean {
  return !!view?.blocks.some(
    (block) =>
      block.type === "release" ||
      (block.type === "entry" && block.sees === "self") ||
      (block.type === "cards" && block.document === "mine"),
  );
}

/** How the floor is felt when it comes (ms). */
const TURN = [120, 80, 120];

/** What may be long. */
const LISTS: ReadonlySet<Block["type"]> = new Set(["cards", "stories", "answers", "commitments"]);

/** Whether boxes or choices on this screen belong to an offer. */
function fills(view: ViewMessage, offer: Offer): boolean {
  return view.blocks.some((block) => "offer" in block && block.offer === offer.type);
}

/** Whether a seat is asked for something now. */
function asked(view: ViewMessage | undefined): boolean {
  return drawn((view?.may ?? []) as unknown as Offer[], "main").length > 0;
}

export class RoomPage extends StagePart {
  static override properties = {
    ...StagePart.properties,
    menu: { state: true },
    cover: { state: true },
    from: { state: true },
  };
  declare menu: boolean;
  /** The seat the device is being passed to. */
  declare cover: string;
  declare from: string;
  private readonly awake = new Awake();
  /** Who at this device had the floor when the page was last drawn. */
  private spoke: ReadonlySet<string> | undefined;
  private heading = "";
  private step: string | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.stage.addEventListener("done", this.onward);
    this.stage.addEventListener("done", this.gone);
    // A device of several people was put away and opened again: nobody reads what is another's.
    const { stage } = this;
    if (stage.kept && stage.boot.seats.length > 1) this.cover = stage.seat;
  }

  override disconnectedCallback(): void {
    this.stage.removeEventListener("done", this.onward);
    this.stage.removeEventListener("done", this.gone);
    super.disconnectedCallback();
  }

  /** After a private turn the device goes to the next person who is asked for something. */
  private readonly onward = () => {
    const { seats } = this.stage.boot;
    if (seats.length < 2 || !isPrivate(this.stage.views.get(this.stage.seat))) return;
    const here = seats.findIndex((each) => each.seat === this.stage.seat);
    for (let step = 1; step < seats.length; step++) {
      const next = seats[(here + step) % seats.length];
      if (next && asked(this.stage.views.get(next.seat))) return this.pass(next.seat);
    }
  };

  /** Whoever has left has nothing more to do in the menu. */
  private readonly gone = (event: Event) => {
    const { payload } = (event as CustomEvent<{ payload: { command: { type?: unknown } } }>).detail;
    if (payload.command.type === "seat.leave") this.menu = false;
  };

  private pass(to: string): void {
    const { stage } = this;
    if (to === stage.seat && !this.cover) return;
    this.menu = false;
    if (isPrivate(stage.view ?? undefined) || isPrivate(stage.views.get(to)) || this.cover) {
      this.from = this.cover ? this.from : stage.seat;
      this.cover = to;
    } else stage.show(to);
  }

  /** A new step is read from its head, wherever the last one was left. */
  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const { view } = this.stage;
    const here = view
      ? `${this.stage.seat} ${view.activity?.id ?? ""} ${view.activity?.phase ?? ""}`
      : "";
    const began = this.step !== undefined && here !== this.step;
    if (view) this.step = here;
    if (began && !this.menu && !isTyping()) window.scrollTo({ top: 0 });
    this.floor();
  }

  /** While somebody here speaks the screen stays on; that it is their turn may be felt and heard. */
  private floor(): void {
    const { boot, views } = this.stage;
    const mine = boot.seats.filter(({ seat }) => hasFloor(views.get(seat)));
    const speak = new Set(mine.map(({ seat }) => seat));
    this.awake.keep(speak.size > 0);
    const before = this.spoke;
    this.spoke = speak;
    // A pair's screen tells each change itself (blocks/voice.ts).
    const pair = this.stage.view?.blocks.some((block) => block.type === "voice");
    if (before && !pair && [...speak].some((seat) => !before.has(seat))) nudge(TURN);
  }

  private uncover(): void {
    const to = this.cover;
    this.cover = "";
    this.stage.show(to);
    void this.updateComplete.then(() => this.querySelector<HTMLElement>("h1")?.focus());
  }

  protected override render(): TemplateResult {
    const { stage } = this;
    const { view } = stage;
    const shared = stage.boot.seats.length > 1;
    if (!view)
      return html`<div class="phone room"><header class="where"><div class="place"><b dir="auto">${stage.boot.title ?? ""}</b></div></header>${stateLine(stage)}${fixedPlace(stage)}<section class="stack say"><h1 class="head">${t("One moment")}</h1><p class="quiet">${t("Opening the room.")}</p></section></div>`;
    const { say, pics, rest: all } = regions(view);
    // Several circles stand side by side, each as large as the others.
    const pic = pics.length === 1 ? pics[0] : undefined;
    const every = this.offers(view);
    const inline = every.filter(
      (offer) => offer.shown !== false && offer.place !== "main" && fills(view, offer),
    );
    const offers = every.filter(
      (offer) => !inline.includes(offer) && (offer.place === "menu" || !isLead(offer)),
    );
    const acts = drawn(offers, "main").length > 0;
    // How many have done it is read after doing it.
    const counted: Block[] = acts ? all.filter((block) => block.type === "progress") : [];
    // What may be long is read after the buttons beside a picture, and notes after what a box
    // sends. That hangs on the blocks alone: nothing moves under somebody who is writing in it.
    const sends = all.findIndex((block) => "offer" in block && !!block.offer);
    const later = all.filter((block, n) =>
      pic ? LISTS.has(block.type) : block.type === "cards" && sends >= 0 && n > sends,
    );
    const aside = (block: Block) => counted.includes(block) || later.includes(block);
    const rest = all.filter((block) => !aside(block));
    const kind = `${pic ? "circle" : "room"} ${acts ? "acts" : ""} ${shared ? "shared" : ""}`;
    const unsent = tray(stage, true);
    this.name(view);
    return html`<div class="phone ${kind}">
      <header class="where"><div class="place"><b dir="auto">${view.place ?? view.room.title}</b><span dir="auto">${view.sub ?? (view.place ? view.room.title : tn("{n} person here", "{n} people here", view.room.here))}</span></div>
      ${this.cover ? nothing : html`<tl-here .stage=${stage}></tl-here>`}<button class="btn icon helpmore" type="button" aria-label=${t("Help and more")} aria-expanded=${this.menu ? "true" : "false"} @click=${() => {
        this.menu = !this.menu;
      }}>${icon("more")}</button></header>
      ${stateLine(stage)}${fixedPlace(stage)}${lostTables(stage)}${leadOffers(stage)}${stage.facilitator && !view.activity ? this.helps() : nothing}${!view.activity && view.room.memo?.version ? this.memoHere() : nothing}
      ${this.menu ? this.drawMenu(offers) : nothing}
      ${shared ? html`${this.seats()}${this.call(acts)}` : nothing}
      ${this.cover ? nothing : moving(stage)}
      ${
        this.cover
          ? this.drawCover()
          : html`
      ${pic?.type === "voice" ? this.picture(view, pic) : nothing}
      <section class="say stack"><div class="stack" aria-live="polite">${say.map((block) => drawBlock(stage, view, block))}</div><tl-aloud .stage=${stage}></tl-aloud></section>
      ${pic && pic.type !== "voice" ? this.picture(view, pic) : nothing}
      ${pics.length > 1 ? html`<div class="rings">${pics.map((block) => html`<figure>${drawBlock(stage, view, block)}${block.type === "ring" && block.title ? html`<figcaption>${block.title}</figcaption>` : nothing}</figure>`)}</div>` : nothing}
      ${rest.length || unsent !== nothing ? html`<div class="mine stack">${rest.map((block, n) => html`${drawBlock(stage, view, block)}${this.under(block, rest.slice(n + 1), inline)}`)}${unsent}</div>` : nothing}
      ${acts ? html`<div class="dock stack">${this.hint(offers)}${mainOffers(stage, offers)}</div>` : nothing}
      ${later.length ? html`<div class="mine later stack">${later.map((block) => drawBlock(stage, view, block))}</div>` : nothing}
      <div class="foot stack">${finished(view) ? html`<p><a class="btn small" href=${stage.path("me")}>${icon("quote")}${t("My words and what may be quoted")}</a></p>` : nothing}${acts ? counted.map((block) => drawBlock(stage, view, block)) : nothing}${acts ? nothing : mainOffers(stage, offers)}${footOffers(stage, offers)}</div>`
      }<tl-instead .stage=${stage}></tl-instead>
    </div>`;
  }

  private picture(view: ViewMessage, pic: Block): TemplateResult {
    return html`<div class="pic">${drawBlock(this.stage, view, pic)}</div>`;
  }

  /** Offers with the release button repeating the choice ("Yes, without my name"). */
  private offers(view: ViewMessage): Offer[] {
    const { stage } = this;
    const release = view.blocks.find((block) => block.type === "release");
    const free = loose(stage.offers, view.blocks);
    if (release?.type !== "release") return free;
    return free.map((offer) => {
      if (offer.type !== release.offer) return offer;
      const field = Object.entries(offer.needs ?? {}).find(
        ([, need]) => need.kind === "choice",
      )?.[0];
      const chosen = field ? stage.filling(offer.type, field) : undefined;
      const answer = answers().find((each) => each.value === chosen);
      return answer && chosen !== release.answered ? { ...offer, label: answer.button } : offer;
    });
  }

  /** A button of its own under the last box it sends, where the screen asks for several things. */
  private under(block: Block, later: Block[], inline: Offer[]): TemplateResult | typeof nothing {
    const offer = inline.find((each) => "offer" in block && block.offer === each.type);
    if (!offer || later.some((each) => "offer" in each && each.offer === offer.type))
      return nothing;
    // The release card brings its own button once it is answered.
    if (block.type === "release" && block.answered && offer.place === "foot") return nothing;
    return html`<tl-offer .stage=${this.stage} .offer=${offer} .look=${""}></tl-offer>`;
  }

  private hint(offers: Offer[]): TemplateResult | typeof nothing {
    const hints = drawn(offers, "main")
      .map((offer) => offer.hint)
      .filter(Boolean);
    return hints.length ? html`<p class="quiet">${hints[0]}</p>` : nothing;
  }

  private name(view: ViewMessage): void {
    const now = view.blocks.find((block) => block.type === "now");
    const title = `${now?.type === "now" ? now.text : (view.place ?? view.room.title)} · Talanoa`;
    if (title === this.heading) return;
    this.heading = title;
    document.title = title;
  }

  private drawMenu(offers: Offer[]): TemplateResult {
    const { stage } = this;
    const room = `/r/${stage.boot.room}`;
    const rows = (each: Offer[]) =>
      each.map(
        (offer) => html`<tl-offer .stage=${stage} .offer=${offer} .look=${"menurow"}></tl-offer>`,
      );
    const all = drawn(offers, "menu");
    // Whoever may lead has the panel for that: their own things come first here.
    const own = stage.facilitator ? all.filter((offer) => OWN.test(offer.type)) : all;
    const rest = all.filter((offer) => !own.includes(offer));
    return html`<nav class="menuplace" aria-label=${t("Help and more")} @keydown=${(
      event: KeyboardEvent,
    ) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      this.menu = false;
      this.querySelector<HTMLElement>(".helpmore")?.focus();
    }}><div class="menu">
      ${stage.facilitator ? html`<a href=${`${room}/panel`}>${icon("key")}${t("Control panel")}</a>` : nothing}
      ${rows(own)}
      ${stage.boot.seats.length > 1 ? nothing : html`<tl-add-person .stage=${stage}></tl-add-person>`}
      ${insteadRow(this)}
      ${tongues(stage)}
      ${nudges(stage)}
      ${askKey(stage)}
      <a href=${stage.path("board")}>${icon("board")}${t("The board")}</a>
      <a href=${stage.path("me")}>${icon("quote")}${t("My words")}</a>
      <a href=${`${room}/agenda`}>${icon("calendar")}${t("Agenda")}</a>
      ${stage.facilitator || stage.view?.room.memo?.version ? html`<a href=${stage.path("memo")}>${icon("page")}${t("Memo")}</a>` : nothing}
      ${rest.length ? html`<section aria-labelledby="mplead"><h2 class="note" id="mplead">${t("For facilitators")}</h2>${rows(rest)}</section>` : nothing}
      ${stage.view?.room.kept ? html`<p class="note" dir="auto">${stage.view.room.kept}</p>` : nothing}
    </div></nav>`;
  }

  /** The memo has gone out: it is one tap away. */
  private memoHere(): TemplateResult {
    return html`<div class="sig">${icon("page")}<span class="grow">${t("The memo is here. You can say something about each part.")}</span><a class="btn small" href=${this.stage.path("memo")}>${t("Read the memo")}</a></div>`;
  }

  /** Who may lead learns it here: the panel is where the room is run from. */
  private helps(): TemplateResult {
    return html`<div class="sig">${icon("key")}<span class="grow">${t("You are a facilitator here. The control panel says what comes next.")}</span><a class="btn small" href=${`/r/${this.stage.boot.room}/panel`}>${t("Control panel")}</a></div>`;
  }

  private seats(): TemplateResult {
    const { stage } = this;
    const shown = this.cover || stage.seat;
    return html`<ul class="seats" aria-label=${t("Who is on this device")}>${stage.boot.seats.map(
      (each) =>
        html`<li><button class="seatchip" type="button" aria-current=${each.seat === shown ? "true" : "false"} @click=${() => this.pass(each.seat)}><span class="av" aria-hidden="true">${initials(stage.name(each.seat))}</span><bdi>${stage.name(each.seat)}</bdi>${asked(stage.views.get(each.seat)) && each.seat !== shown ? html`${icon("pencil")}<span class="vh">${t("Something is asked here")}</span>` : nothing}</button></li>`,
    )}</ul><tl-add-person .stage=${stage} .look=${"chip add"}></tl-add-person>`;
  }

  /** Somebody else at this device is asked for something, and the one shown is not. */
  private call(acts: boolean): TemplateResult | typeof nothing {
    const { stage } = this;
    const other = stage.boot.seats.find(
      (each) => each.seat !== stage.seat && asked(stage.views.get(each.seat)),
    );
    if (acts || this.cover || !other) return nothing;
    const name = `\u2068${stage.name(other.seat)}\u2069`;
    return html`<div class="sig called">${icon("pass")}<span class="grow">${t("It is {name}'s turn at this device.", { name })}</span><button class="btn small" type="button" @click=${() => this.pass(other.seat)}>${t("Pass to {name}", { name })}</button></div>`;
  }

  /** Deep, with one name and one button; nothing of the last person remains on the screen. */
  private drawCover(): TemplateResult {
    const { stage } = this;
    const name = stage.name(this.cover);
    const last = stage.name(this.from);
    return html`<section class="cover" aria-label=${t("Passing the device")}><div class="weave a"></div><div class="in stack"><p>${t("Passing to")}</p><h1 class="head" dir="auto" tabindex="-1">${name}</h1>${last ? html`<p>${t("What {name} wrote is put away. Only {name} can bring it back.", { name: `\u2068${last}\u2069` })}</p>` : nothing}<button class="btn main big" type="button" @click=${() => this.uncover()}>${t("I am {name}", { name: `\u2068${name}\u2069` })}</button><p class="note">${t("Someone else? Tap a name above.")}</p></div><div class="weave b"></div></section>`;
  }
}

define("tl-room", RoomPage);
async function start(): Promise<void> {
  await breath();
  const stage = openStage("seat") ?? (await reopen("seat"));
  if (!stage || !document.getElementById("talanoa")) return;
  const wanted = new URLSearchParams(location.search).get("as");
  if (wanted && stage.own(wanted)) stage.seat = wanted;
  watchKeyboard();
  await breath();
  mount("tl-room", stage);
  keep(stage, ["room", "join"]);
}
void start();
