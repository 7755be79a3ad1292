// Who is with whom, for the wall and the panel; a wall with many pairs shows a page at a time.
import { html, nothing, type TemplateResult } from "lit";
import { number, t } from "../i18n";
import { longerName, shortName } from "../part";
import type { Pair, Pairs, RingSeat } from "../wire";
import { paged, TimedPart } from "./block";
import { clockFor, Speaker } from "./ring";

/** Pairs a wall has room for in lines of a twentieth of its height, and where names need two. */
const PAGE = 8;
const LONG_PAGE = 6;
/** Letters of the names of one pair that stand in one line. */
const LETTERS = 22;
/** How long such a page stands (ms): long enough to find one's own name. */
const STANDS = 10_000;

export class PairsBlock extends TimedPart<Pairs> {
  private readonly speaker = new Speaker();
  protected override render(): TemplateResult {
    const { title, pairs, clock } = this.block;
    const long = (pair: Pair) =>
      pair.seats.reduce((sum, seat) => sum + this.called(seat).length + 3, -3) > LETTERS;
    const size = pairs.some(long) ? LONG_PAGE : PAGE;
    const shown = paged(this.view, pairs, size, STANDS);
    const pages = shown === pairs ? 1 : Math.ceil(pairs.length / size);
    const page = shown[0] ? Math.floor(pairs.indexOf(shown[0]) / size) : 0;
    return html`<section class="stack paired"><h2 class="sec">${title}${pages > 1 ? html`<span class="note nums">${t("{n} of {all}", { n: number(page + 1), all: number(pages) })}</span>` : nothing}</h2>
      ${clockFor(this.stage, this.view, clock, this.speaker)}
      <ul class="pairs">${shown.map((pair) => this.pair(pair))}</ul></section>`;
  }

  /** A wall has room for first names; two who share one are told apart. */
  private called(seat: RingSeat): string {
    if (this.view.lens !== "screen") return seat.name;
    const short = shortName(seat.name);
    const twins = this.block.pairs.some((pair) =>
      pair.seats.some((other) => other.seat !== seat.seat && shortName(other.name) === short),
    );
    return twins ? longerName(seat.name) : short;
  }

  private pair(pair: Pair): TemplateResult {
    return html`<li><b class="names">${pair.seats.map(
      (seat, n) =>
        html`${n ? html`<span aria-hidden="true"> · </span><span class="vh">, </span>` : nothing}<bdi class=${seat.state === "away" ? "gone" : seat.state === "floor" ? "speaks" : ""}>${this.called(seat)}</bdi>${seat.state === "away" ? html`<span class="note"> ${t("(away)")}</span>` : nothing}`,
    )}</b><span class="note">${[pair.name, pair.place, pair.status].filter(Boolean).map((word, n) => html`${n ? " · " : ""}<bdi dir=${word === pair.status ? document.dir || "ltr" : nothing}>${word}</bdi>`)}</span></li>`;
  }
}
