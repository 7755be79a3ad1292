// The wall: what a hall needs to see, by itself; nothing private, nothing to press.
import { html, nothing, type TemplateResult } from "lit";
import { drawBlock, regions } from "./blocks/index";
import { readBoot } from "./boot";
import { ticker } from "./clock";
import { comingIn, StagePart } from "./frame";
import { t, tn } from "./i18n";
import { enter } from "./mount";
import { define, icon } from "./part";
import { openStage } from "./stage";
import { tongues } from "./tongue";
import type { Block, ViewMessage } from "./wire";

/** Sizes the words of a wall are tried in, until all of them stand between head and foot. */
const SIZES = [1, 0.92, 0.84, 0.76, 0.68, 0.6];

export class WallPage extends StagePart {
  private shape: ResizeObserver | undefined;
  /** A list that turns its page is as long as its words are. */
  private readonly turned = () => this.fit();

  override connectedCallback(): void {
    super.connectedCallback();
    this.shape = new ResizeObserver(() => this.fit());
    this.shape.observe(document.documentElement);
    ticker.add(this.turned);
  }

  override disconnectedCallback(): void {
    this.shape?.disconnect();
    ticker.remove(this.turned);
    super.disconnectedCallback();
  }

  protected override updated(): void {
    // The blocks draw themselves a moment after the page.
    requestAnimationFrame(() => this.fit());
  }

  /** Nothing scrolls on a wall, so what would not fit becomes smaller. */
  private fit(): void {
    const middle = this.querySelector<HTMLElement>(".mid");
    if (!middle) return;
    for (const size of SIZES) {
      middle.style.setProperty("--fit", String(size));
      if (middle.scrollHeight <= middle.clientHeight + 1) return;
    }
  }

  protected override render(): TemplateResult {
    const { stage } = this;
    const { view } = stage;
    if (!view)
      return html`<div class="wall"><div class="mid stack"><h1 class="head">${t("One moment")}</h1></div></div>`;
    const { say, pics, rest } = regions(view);
    const pic = pics.length === 1 ? pics[0] : undefined;
    // With several circles all height is theirs: what is said beside them stands in the foot.
    const beside: Block[] = pics.length > 1 ? rest.filter((block) => block.type === "note") : [];
    const middle = rest.filter((block) => !beside.includes(block));
    const talks = say.some((block) => block.type === "now");
    document.title = `${view.room.title} · Talanoa`;
    return html`<div class="wall ${pics.length > 1 ? "several" : ""} ${comingIn(view) ? "coming" : ""}">
      ${pic ? html`<div class="pic">${drawBlock(stage, view, pic)}</div>` : nothing}
      <header><span class="brand">${icon("talanoa")}Talanoa</span>${tongues(stage)}<span dir="auto">${view.room.title}</span></header>
      <section class="mid stack" aria-live="polite"><div class="told stack">${talks ? nothing : html`<h1 class="head">${view.place ?? view.room.title}</h1>`}${say.map((block) => drawBlock(stage, view, block))}</div>
      ${pics.length > 1 ? html`<div class="trio" data-n=${pics.length}>${pics.map((block) => html`<figure>${drawBlock(stage, view, block)}${block.type === "ring" && block.title ? html`<figcaption>${block.title}</figcaption>` : nothing}</figure>`)}</div>` : nothing}
      ${middle.length ? html`<div class="rest">${middle.map((block) => drawBlock(stage, view, block))}</div>` : nothing}
      ${view.room.notice ? html`<p class="serif" dir="auto">${view.room.notice}</p>` : nothing}</section>
      <footer>${this.door(view)}${beside.map((block) => drawBlock(stage, view, block))}<span class="line">${this.state(view)}</span></footer></div>`;
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
    return html`<div class="join">${boot.qr ? html`<svg class="qr" viewBox=${`0 0 ${boot.qr.size} ${boot.qr.size}`} role="img" aria-label=${t("QR code to join")} shape-rendering="crispEdges"><path d=${boot.qr.path} fill="#000"></path></svg>` : nothing}<p>${t("Code to come in")}<b dir="ltr">${view.room.code}</b><bdi dir="ltr">${location.host}/j</bdi></p></div>`;
  }
}

define("tl-wall", WallPage);
void enter(openStage("screen"), readBoot().room, "tl-wall");
