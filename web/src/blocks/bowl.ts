// A fishbowl from above: chairs inside the plait, everybody else around; all seats of one kind
// have one size, and the free chair is the one thing now.
import { html, nothing, svg, type TemplateResult } from "lit";
import { timeWords } from "../clock";
import { comma, number, t, tn } from "../i18n";
import { initials, shortName } from "../part";
import type { Bowl, Chair, RingSeat } from "../wire";
import { TimedPart } from "./block";
import { at, mat, Speaker } from "./ring";

const MIDDLE = 164;
const MAT = [106, 112, 44, MIDDLE, MIDDLE] as const;
/** Where those around sit, and how large their dots may be at most. */
const AROUND = 146;
const DOT = 11;

/** Letters of a name that is written out. */
const WHOLE = 24;
/** Who waits is named on a wall so far; the others are counted. */
const IN_LINE = 4;
/** Letters of a word that stands in a chair, where letters are large. */
const CHAIR = 5;

/** What there was to say of each bowl when it was last drawn, for whom. */
const known = new Map<string, string>();

/** Radius of a chair and its distance from the middle: 2 to 8 chairs without touching. */
function measures(chairs: number): { r: number; distance: number } {
  if (chairs <= 5) return { r: 27, distance: 66 };
  return chairs <= 6 ? { r: 26, distance: 70 } : { r: 22, distance: 74 };
}

function words(chair: Chair): string {
  const name = chair.name ?? "";
  const tag = chair.tag ? `, ${chair.tag}` : "";
  switch (chair.state) {
    case "free":
      return t("A free chair");
    case "locked":
      return t("A chair that opens later");
    case "held":
      return t("{name}, whose line dropped. The chair is kept.", { name });
    case "leaving":
      return t("{name}, making room{tag}", { name, tag });
    default:
      return `${name}${tag}`;
  }
}

export class BowlBlock extends TimedPart<Bowl> {
  private readonly speaker = new Speaker();
  /** What was last said aloud of the chairs. */
  private told = "";

  private me(seat: string): boolean {
    return this.view.lens === "seat" && seat === this.view.seat;
  }

  /** A wall has room for first names. */
  private called(name: string): string {
    return this.view.lens === "screen" ? shortName(name, WHOLE) : name;
  }

  /** Whether the head of the screen says what changes here for who listens: it is said once. */
  private get headed(): boolean {
    const { view, block } = this;
    return (
      view.lens === "seat" &&
      view.activity?.phase === "open" &&
      !block.chairs.some((chair) => this.me(chair.seat))
    );
  }

  /** Chairs and the own place in the queue; `aloud`: said when they change and never before. */
  private news(aloud = false): string {
    const { chairs, queue } = this.block;
    const free = chairs.filter((chair) => chair.state === "free").length;
    if (aloud && this.headed) return free ? "" : t("All chairs are taken.");
    const place = queue.findIndex((each) => this.me(each.seat)) + 1;
    const lines = [
      free ? tn("{n} chair is free.", "{n} chairs are free.", free) : t("All chairs are taken."),
      place ? t("You are number {n} in line.", { n: number(place) }) : "",
    ];
    return lines.filter(Boolean).join(" ");
  }

  /** A bowl that the page draws anew says what has changed once its place for it stands. */
  private tell(news: string): void {
    const { view, block } = this;
    const key = [view.lens, view.seat, view.activity?.id, block.id].join();
    const before = known.get(key);
    known.set(key, news);
    if (before === undefined || before === news) return;
    const text = this.news(true);
    if (this.hasUpdated) this.told = text;
    else
      setTimeout(() => {
        this.told = text;
        this.requestUpdate();
      });
  }

  protected override render(): TemplateResult {
    const { chairs, queue, outer, clock, title } = this.block;
    this.speaker.hear(clock, false);
    const news = this.news();
    this.tell(news);
    const time = clock ? timeWords(clock, false) : null;
    const around = [...queue, ...outer];
    const inside = chairs.filter((chair) => chair.name);
    const wall = this.view.lens === "screen";
    const named = wall ? queue.slice(0, IN_LINE) : queue;
    return html`<figure class="bowlbox"><svg class="bowl" viewBox="0 0 328 328" role="img" aria-label=${[title, news, time?.spoken].filter(Boolean).join(" ")}><path class="weave" d=${mat(...MAT)}></path>
      ${around.map((seat, n) => this.dot(seat, n, around.length, n < queue.length))}${chairs.map((chair, n) => this.chair(chair, n))}${this.mine(around)}
      ${time && !wall ? svg`<text class="c2" x=${MIDDLE} y=${MIDDLE + 4}>${time.main}</text><text class="c3" x=${MIDDLE} y=${MIDDLE + 20}>${time.below}</text>` : nothing}</svg>
      <figcaption>${time && wall ? html`<p class="nums" aria-hidden="true">${time.spoken}</p>` : nothing}${
        inside.length
          ? html`<p><span class="quiet">${t("Inside now:")}</span> ${inside.map((chair, n) => html`${n ? comma() : ""}<bdi class=${this.me(chair.seat) ? "you" : ""}>${this.me(chair.seat) ? t("You") : this.called(chair.name ?? "")}</bdi>${chair.tag ? html` <span class="note">(${chair.tag})</span>` : nothing}`)}</p>`
          : nothing
      }${
        queue.length
          ? html`<p><span class="quiet">${t("Next in line:")}</span> ${named.map((seat, n) => html`${n ? comma() : ""}<span class="nums">${number(n + 1)}.</span> <bdi class=${this.me(seat.seat) ? "you" : ""}>${this.me(seat.seat) ? t("You") : this.called(seat.name)}</bdi>`)}${queue.length > named.length ? html`${comma()}<span class="nums">${tn("{n} more", "{n} more", queue.length - named.length)}</span>` : nothing}</p>`
          : nothing
      }</figcaption></figure>
      <ol class="vh" aria-label=${t("Chairs")}>${chairs.map((chair) => html`<li><bdi>${this.me(chair.seat) ? t("You, in a chair") : words(chair)}</bdi></li>`)}</ol>
      <p class="vh">${tn("{n} person around", "{n} people around", around.length)}</p>
      <p class="vh" role="status">${this.told} ${this.speaker.text}</p>`;
  }

  private dot(seat: RingSeat, n: number, all: number, queued: boolean): TemplateResult {
    const r = Math.min(DOT, ((Math.PI * AROUND) / all) * 0.82);
    const [x, y] = at((n + 0.5) / all, AROUND, MIDDLE, MIDDLE);
    const mine = this.me(seat.seat);
    return svg`<circle class=${`o ${mine ? "me" : ""} ${queued ? "q" : ""} ${seat.state === "away" ? "away" : ""}`} cx=${x} cy=${y} r=${r}></circle>${
      queued && r > 7 && this.view.lens !== "screen"
        ? svg`<text class="qn" x=${x} y=${y + 4}>${number(n + 1)}</text>`
        : nothing
    }`;
  }

  /** The own place among those around, named over everything else that is drawn there. */
  private mine(around: RingSeat[]): TemplateResult | typeof nothing {
    const n = around.findIndex((seat) => this.me(seat.seat));
    if (n < 0) return nothing;
    const r = Math.min(DOT, ((Math.PI * AROUND) / around.length) * 0.82);
    const [x, y] = at((n + 0.5) / around.length, AROUND, MIDDLE, MIDDLE);
    return svg`<text class="nm" x=${Math.min(300, Math.max(28, x))} y=${y > MIDDLE ? y - r - 5 : y + r + 14}>${t("You")}</text>`;
  }

  private chair(chair: Chair, n: number): TemplateResult {
    const { r, distance } = measures(this.block.chairs.length);
    const [x, y] = at(n / this.block.chairs.length, distance, MIDDLE, MIDDLE);
    const label = chair.state === "free" ? t("free") : chair.state === "locked" ? t("later") : null;
    const mine = this.me(chair.seat);
    // A wall's letters are large: a longer word stands below the bowl alone.
    const fits = this.view.lens !== "screen" || (label ?? "").length <= CHAIR;
    // One coral thing at a time: the first free chair; others are free in words and outline.
    const first = this.block.chairs.findIndex((each) => each.state === "free") === n;
    return svg`<g class=${`chair ${chair.state} ${first ? "first" : ""} ${mine ? "me" : ""}`}><circle cx=${x} cy=${y} r=${r}></circle>${
      label
        ? svg`<text class="frl" x=${x} y=${y + 5}>${fits ? label : chair.state === "free" ? "+" : "…"}</text>`
        : svg`<text class="ini" x=${x} y=${y + (chair.state === "leaving" ? 1 : 6)}>${mine ? t("You") : initials(chair.name ?? "")}</text>`
    }${chair.state === "leaving" ? svg`<path class="go" d=${`M${x - 7} ${y + r * 0.62}h14m-4-4l4 4-4 4`}></path>` : nothing}</g>`;
  }
}
