// Who is with whom, for the wall and the panel.
import { html, nothing, type TemplateResult } from "lit";
import { t } from "../i18n";
import { longerName, shortName } from "../part";
import type { Pair, Pairs, RingSeat } from "../wire";
import { TimedPart } from "./block";
import { clockFor, Speaker } from "./ring";

/** Letters of a name that is written out. */
const WHOLE = 24;

export class PairsBlock extends TimedPart<Pairs> {
  private readonly speaker = new Speaker();
  protected override render(): TemplateResult {
    const { title, pairs, clock } = this.block;
    return html`<section class="stack paired"><h2 class="sec">${title}</h2>
      ${clockFor(this.stage, this.view, clock, this.speaker)}
      <ul class="pairs">${pairs.map((pair) => this.pair(pair))}</ul></section>`;
  }

  /** A wall has room for first names; two who share one are told apart. */
  private called(seat: RingSeat): string {
    if (this.view.lens !== "screen") return seat.name;
    const short = shortName(seat.name, WHOLE);
    const twins = this.block.pairs.some((pair) =>
      pair.seats.some(
        (other) => other.seat !== seat.seat && shortName(other.name, WHOLE) === short,
      ),
    );
    return twins ? longerName(seat.name, WHOLE) : short;
  }

  private pair(pair: Pair): TemplateResult {
    return html`<li><b class="names">${pair.seats.map(
      (seat, n) =>
        html`${n ? html`<span aria-hidden="true"> · </span><span class="vh">, </span>` : nothing}<bdi class=${seat.state === "away" ? "gone" : seat.state === "floor" ? "speaks" : ""}>${this.called(seat)}</bdi>${seat.state === "away" ? html`<span class="note"> ${t("(away)")}</span>` : nothing}`,
    )}</b><span class="note">${[pair.name, pair.place, pair.status].filter(Boolean).map((word, n) => html`${n ? " · " : ""}<bdi dir=${word === pair.status ? document.dir || "ltr" : nothing}>${word}</bdi>`)}</span></li>`;
  }
}
