// The wall: what a hall needs to see, by itself; nothing private, nothing to press.
import { html, nothing, type TemplateResult } from "lit";
import { drawBlock, regions } from "./blocks/index";
import { readBoot } from "./boot";
import { ticker } from "./clock";
import { comingIn, StagePart } from "./frame";
import { number, t, tn } from "./i18n";
import { enter } from "./mount";
import { define, icon, way } from "./part";
import { openStage } from "./stage";
import { tongues } from "./tongue";
import { Turning } from "./turning";
import type { ViewMessage } from "./wire";

/** Sizes of the head and the prompt, until all words stand between head and foot. No line of a wall
 *  is lower than a twentieth of its height (styles/screen.css): what is left over takes turns. */
const SIZES = [1, 0.92, 0.84, 0.76, 0.68, 0.6];

/** Lines that the room's title may take. */
const TITLE = 2;

/** Whether the screen is a wall, and no phone that shows one; as in styles/screen.css. */
const WHOLE = window.matchMedia("(min-width: 60rem)");

export class WallPage extends StagePart {
  private shape: ResizeObserver | undefined;
  private drawn: MutationObserver | undefined;
  private turning: Turning | undefined;
  /** The next page's turn may have come; and the clock's words have another length every minute. */
  private readonly tick = () => {
    // Clocks draw themselves in this second too.
    requestAnimationFrame(() => {
      this.turning?.stand();
      if (this.turning?.fits === false) this.fit();
      this.mark();
    });
  };

  override connectedCallback(): void {
    super.connectedCallback();
    this.shape = new ResizeObserver(() => this.fit());
    this.shape.observe(document.documentElement);
    // A block may draw itself later than the page: before the next picture all has its place.
    this.drawn = new MutationObserver(() => {
      if (this.turning?.fits === false) this.fit();
    });
    this.drawn.observe(this, { childList: true, subtree: true });
    ticker.add(this.tick);
  }

  override disconnectedCallback(): void {
    this.shape?.disconnect();
    this.drawn?.disconnect();
    ticker.remove(this.tick);
    super.disconnectedCallback();
  }

  protected override updated(): void {
    // The blocks draw themselves a moment after the page.
    requestAnimationFrame(() => this.fit());
  }

  /** Nothing scrolls on a wall: first the large words become smaller, then pages turn. */
  private fit(): void {
    this.place();
    // What this wrote is no news: where nothing fits at all it would be done again for ever.
    this.drawn?.takeRecords();
  }

  /** Gives everything its size and its page. */
  private place(): void {
    const middle = this.querySelector<HTMLElement>(".mid");
    if (!middle) return;
    this.turning?.reset();
    this.turning = new Turning(middle);
    this.entitle();
    middle.removeAttribute("data-tight");
    const fits = SIZES.some((size) => {
      middle.style.setProperty("--fit", String(size));
      return this.turning?.fits;
    });
    if (!fits && WHOLE.matches) {
      // A clock keeps no room for words it may say later.
      middle.setAttribute("data-tight", "");
      if (!this.turning.fits) this.turning.turn();
    }
    this.mark();
    if (fits || !WHOLE.matches || this.turning.fits) return;
    // Which page stands is said in the head, and may have cost the middle a line.
    this.entitle();
    this.turning.turn();
    this.mark();
  }

  /** A title of many lines would take the room of what is said now. */
  private entitle(): void {
    const title = this.querySelector<HTMLElement>(".title");
    if (!title) return;
    title.removeAttribute("data-off");
    const line = Number.parseFloat(getComputedStyle(title).lineHeight);
    title.toggleAttribute("data-off", WHOLE.matches && title.offsetHeight > TITLE * line + 1);
  }

  /** Says which page stands. */
  private mark(): void {
    const { turning } = this;
    const said =
      turning && turning.count > 1
        ? t("{n} of {all}", { n: number(turning.at + 1), all: number(turning.count) })
        : "";
    const place = this.querySelector(".turn");
    if (place && place.textContent !== said) place.textContent = said;
  }

  protected override render(): TemplateResult {
    const { stage } = this;
    const { view } = stage;
    if (!view)
      return html`<div class="wall"><div class="mid stack"><h1 class="head">${t("One moment")}</h1></div></div>`;
    const { say, pics, rest } = regions(view);
    const pic = pics.length === 1 ? pics[0] : undefined;
    const talks = say.some((block) => block.type === "now");
    document.title = `${view.room.title} · Talanoa`;
    return html`<div class="wall ${pics.length > 1 ? "several" : ""} ${comingIn(view) ? "coming" : ""}">
      ${pic ? html`<div class="pic">${drawBlock(stage, view, pic)}</div>` : nothing}
      <header><span class="brand">${icon("talanoa")}Talanoa</span>${tongues(stage)}<span class="title" dir="auto">${view.room.title}</span><span class="turn nums"></span></header>
      <section class="mid stack"><div class="told stack" aria-live="polite">${talks ? nothing : html`<h1 class="head">${view.place ?? view.room.title}</h1>`}${say.map((block) => drawBlock(stage, view, block))}</div>
      ${pics.length > 1 ? html`<div class="trio" data-n=${pics.length}>${pics.map((block) => html`<figure>${block.type === "ring" && block.title ? html`<figcaption>${block.title}</figcaption>` : nothing}${drawBlock(stage, view, block)}</figure>`)}</div>` : nothing}
      ${rest.length ? html`<div class="rest">${rest.map((block) => drawBlock(stage, view, block))}</div>` : nothing}
      ${view.room.notice ? html`<p class="serif" dir=${way(view.room.notice)}>${view.room.notice}</p>` : nothing}</section>
      <footer>${this.door(view)}<span class="line">${this.state(view)}</span></footer></div>`;
  }

  private state(view: ViewMessage): TemplateResult {
    const { line } = this.stage.connection;
    return line === "finding" || line === "lost"
      ? html`${icon("noline")}${t("Finding the line again")}`
      : html`${tn("{n} person here", "{n} people here", view.room.here)}`;
  }

  private door(view: ViewMessage): TemplateResult {
    const { boot } = this.stage;
    if (view.room.door === "closed" || !view.room.code) return html`<span></span>`;
    return html`<div class="join">${boot.qr ? html`<svg class="qr" viewBox=${`0 0 ${boot.qr.size} ${boot.qr.size}`} role="img" aria-label=${t("QR code to join")} shape-rendering="crispEdges"><path d=${boot.qr.path} fill="#000"></path></svg>` : nothing}<p>${t("Code to come in")}<b><bdi dir="ltr">${view.room.code}</bdi></b><bdi dir="ltr">${location.host}/j</bdi></p></div>`;
  }
}

define("tl-wall", WallPage);
void enter(openStage("screen"), readBoot().room, "tl-wall");
