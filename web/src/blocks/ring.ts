// The ring: a mat from above, equal seats round it, the time inside it. Never mirrored, never
// bigger for one person than for another.
import { html, nothing, type PropertyValues, svg, type TemplateResult } from "lit";
import { filled, left, minutes, serverNow, timeWords } from "../clock";
import { hour, t } from "../i18n";
import { nudge } from "../nudge";
import { initials, longerName, shortName } from "../part";
import type { Stage } from "../stage";
import type { Clock, Countdown, Ring, RingSeat, SeatState, ViewMessage } from "../wire";
import { TimedPart } from "./block";

const CX = 164;
const CY = 173;
const TRACK = 71;
const WEAVE_IN = 78.6;
const WEAVE_OUT = 84.4;
const TILES = 32;

type Point = [number, number];

/** A point at `turn` (0 at the top, clockwise, 1 a full turn) and `radius` from the middle. */
export function at(turn: number, radius: number, cx = CX, cy = CY): Point {
  const angle = turn * 2 * Math.PI;
  return [cx + radius * Math.sin(angle), cy - radius * Math.cos(angle)];
}

export const p = ([x, y]: Point) => `${x.toFixed(1)} ${y.toFixed(1)}`;

/** Two strands, each over the other in turn. */
function plait(inside = WEAVE_IN, outside = WEAVE_OUT, tiles = TILES, cx = CX, cy = CY): string {
  const parts: string[] = [];
  const line = (a: Point, b: Point) => parts.push(`M${p(a)}L${p(b)}`);
  const between = (a: Point, b: Point, share: number): Point => [
    a[0] + (b[0] - a[0]) * share,
    a[1] + (b[1] - a[1]) * share,
  ];
  for (let tile = 0; tile < tiles; tile++) {
    const turn = (share: number) => (tile + share) / tiles;
    const inner = [0, 0.5, 1].map((share) => at(turn(share), inside, cx, cy)) as [
      Point,
      Point,
      Point,
    ];
    const outer = [0, 0.5, 1].map((share) => at(turn(share), outside, cx, cy)) as [
      Point,
      Point,
      Point,
    ];
    line(outer[0], inner[1]);
    line(outer[1], inner[2]);
    for (const [from, to] of [
      [inner[0], outer[1]],
      [inner[1], outer[2]],
    ] as [Point, Point][]) {
      line(from, between(from, to, 0.36));
      line(between(from, to, 0.64), to);
    }
  }
  return parts.join("");
}

const mats = new Map<string, string>();

/** The mat under a ring or bowl: worked out when the first one is drawn. */
export function mat(...size: Parameters<typeof plait>): string {
  const key = size.join();
  const made = mats.get(key) ?? plait(...size);
  mats.set(key, made);
  return made;
}

/** Seat radius and distance from the middle, so that people fit without touching. */
interface Measures {
  seat: number;
  distance: number;
  look: string;
  /** Letters of a name there is room for. */
  room: number;
  /** From the seat's edge to the name's line, above and below. */
  above: number;
  below: number;
  /** How far the ground behind a seat reaches over its edge. */
  bed: number;
}

/** On a wall letters are a twentieth of its height: a ring of more people has no room for names. */
const NAMED_ON_WALL = 12;
/** Letters of a name that is written out. */
const WHOLE = 24;
/** Seat radius in which such initials stand. */
const ROOMY = 14;

function measures(count: number): Measures {
  if (count <= 8)
    return { seat: 28, distance: 121, look: "", room: 11, above: 10, below: 19, bed: 5.5 };
  if (count <= 10)
    return { seat: 24, distance: 124, look: "many", room: 9, above: 8, below: 17, bed: 5 };
  if (count <= 12)
    return { seat: 20, distance: 126, look: "many", room: 8, above: 7, below: 15, bed: 4 };
  if (count < SWARM)
    return { seat: 16, distance: 130, look: "crowd", room: 7, above: 5, below: 12, bed: 3 };
  const seat = Math.min(16, (0.84 * Math.PI * 150) / count);
  return { seat, distance: 150, look: "crowd", room: 7, above: 0, below: 0, bed: 1 };
}

/** From so many people on only the own name and that of the one who has the floor are drawn, on
 *  the inner side; everybody stands in the list for readers, and on the panel. */
const SWARM = 17;
/** Seat radius under which initials would be a blur. */
const LEGIBLE = 12;

/** Where a name stands inside the ring of seats, beside its own. */
function inside(n: number, count: number, [x, y]: Point, r: number): [number, number, string] {
  const side = Math.sin((n / count) * 2 * Math.PI);
  if (Math.abs(side) > 0.5)
    return [x - Math.sign(side) * (r + 4), y + 4, side > 0 ? "end" : "start"];
  return [x, y < CY ? y + r + 14 : y - r - 6, "middle"];
}

function stateWord(state: SeatState): string {
  switch (state) {
    case "floor":
      return t("has the floor");
    case "told":
      return t("has told");
    case "later":
      return t("comes back later");
    case "away":
      return t("away for a moment");
    case "left":
      return t("has left");
    default:
      return t("waiting");
  }
}

/** An arc from `start` over `share` of the circle, clockwise. */
export function arc(start: number, share: number, radius: number, cx = CX, cy = CY): string {
  const whole = Math.min(share, 0.9999);
  return `M${p(at(start, radius, cx, cy))}A${radius} ${radius} 0 ${whole > 0.5 ? 1 : 0} 1 ${p(at(start + whole, radius, cx, cy))}`;
}

/** How small the middle line must be; marks of direction take no room. */
function long(text: string): string {
  const { length } = text.replace(/[\u2066\u2069]/g, "");
  return length > 11 ? "long longest" : length > 7 ? "long" : "";
}

/** The clock inside a ring of its own: track, arc from `start`, marks, three lines of words. */
export function dial(
  clock: Clock | null | undefined,
  start: number,
  mine: boolean,
): TemplateResult {
  if (!clock) return svg``;
  const words = timeWords(clock, mine);
  const over = clock.state === "over" || (clock.state === "running" && (left(clock) ?? 1) <= 0);
  const share = filled(clock);
  const marks = clock.marks
    .filter((seconds) => seconds * 1000 < clock.duration)
    .map((seconds) => start + 1 - (seconds * 1000) / clock.duration);
  return svg`${over ? svg`<circle class="over" cx=${CX} cy=${CY} r=${TRACK}></circle>` : share > 0 ? svg`<path class="arc" d=${arc(start, share, TRACK)}></path>` : nothing}
    ${marks.map((turn) => svg`<path class="mark" d=${`M${p(at(turn, 68))}L${p(at(turn, 74))}`}></path>`)}
    ${
      words
        ? svg`<text class="c1" x=${CX} y=${CY - 20}>${words.above}</text><text class=${`c2 ${long(words.main)}`} x=${CX} y=${CY + 11}>${words.main}</text><text class="c3" x=${CX} y=${CY + 32}>${words.below}</text>`
        : nothing
    }`;
}

/** How a mark of the own time is felt (ms). */
const MARK = [80];

/** Says the time aloud at the marks and at the end, and at no other moment. */
export class Speaker {
  private last = Number.POSITIVE_INFINITY;
  private clock = "";
  text = "";

  hear(clock: Clock | null | undefined, mine: boolean): void {
    // The room may say that a time is over before this page has seen its last second.
    const ms = clock && (clock.state === "running" || clock.state === "over") ? left(clock) : null;
    const id = `${clock?.ends_at}`;
    if (id !== this.clock) {
      this.clock = id;
      this.last = ms ?? Number.POSITIVE_INFINITY;
      this.text = "";
      return;
    }
    if (ms === null || !clock) return;
    const crossed = [...clock.marks.map((mark) => mark * 1000), 0].find(
      (mark) => this.last > mark && ms <= mark,
    );
    if (crossed !== undefined) {
      this.text = timeWords(clock, mine)?.spoken ?? "";
      if (mine) nudge(MARK);
    }
    this.last = ms;
  }
}

export class RingBlock extends TimedPart<Ring> {
  private readonly speaker = new Speaker();
  private floor: string | null = null;

  protected override render(): TemplateResult {
    const { seats, floor, clock, title } = this.block;
    const mine = !!floor && this.stage.own(floor) && this.view.seat === floor;
    this.speaker.hear(clock, mine);
    const { look } = measures(seats.length);
    const holder = Math.max(
      0,
      seats.findIndex((seat) => seat.seat === floor),
    );
    const start = seats.length ? holder / seats.length : 0;
    if (this.wall && this.view.blocks.filter((block) => block.type === "ring").length > 1)
      return this.small(start);
    return html`<svg class="ring ${look}" viewBox="0 0 328 338" role="img" aria-label=${this.summary(mine)}>
      <path class="weave" d=${mat()}></path><circle class="track" cx=${CX} cy=${CY} r=${TRACK}></circle>
      ${dial(clock, start, mine)}${seats.map((seat, n) => this.seat(seat, n, seats))}</svg>
      <ol class="vh" aria-label=${title ?? t("Order")}>${seats.map(
        (seat) => html`<li><bdi>${this.called(seat)}</bdi>, ${stateWord(this.state(seat))}</li>`,
      )}</ol><p class="vh" role="status">${this.speaker.text}</p>`;
  }

  private get wall(): boolean {
    return this.view.lens === "screen";
  }

  /** One of several circles of a wall: its shape, and below it the names in their order. */
  private small(start: number): TemplateResult {
    const { seats, clock, floor, title } = this.block;
    const { seat: r, distance } = measures(seats.length);
    const share = clock ? filled(clock) : 0;
    return html`<svg class="ring" viewBox="0 0 328 338" aria-hidden="true"><path class="weave" d=${mat()}></path><circle class="track" cx=${CX} cy=${CY} r=${TRACK}></circle>${share > 0 ? svg`<path class="arc" d=${arc(start, share, TRACK)}></path>` : nothing}${seats.map(
      (seat, n) => {
        const [x, y] = at(n / seats.length, distance);
        return svg`<g class=${`seat ${this.state(seat)}`}><circle class="d" cx=${x} cy=${y} r=${r}></circle></g>`;
      },
    )}</svg><ol class="round" aria-label=${title ?? t("Order")}>${seats.map(
      (seat) =>
        html`<li class=${seat.seat === floor ? "speaks" : ""}><bdi>${this.twin(seat) ? longerName(seat.name, WHOLE) : shortName(seat.name, WHOLE)}</bdi><span class="vh">, ${stateWord(this.state(seat))}</span></li>`,
    )}</ol>`;
  }

  /** Whether somebody else in the ring has the same first name. */
  private twin(seat: RingSeat): boolean {
    return this.block.seats.some(
      (other) => other !== seat && shortName(other.name) === shortName(seat.name),
    );
  }

  private state(seat: RingSeat): SeatState {
    return seat.seat === this.block.floor ? "floor" : seat.state;
  }

  /** On a wall or panel nobody is "you". */
  private me(seat: RingSeat): boolean {
    return this.view.lens === "seat" && seat.seat === this.view.seat;
  }

  private called(seat: RingSeat): string {
    return this.me(seat) ? t("You") : seat.name;
  }

  private summary(mine: boolean): string {
    const { floor, seats, clock, title } = this.block;
    const time = clock ? timeWords(clock, mine)?.spoken : "";
    const holder = seats.find((seat) => seat.seat === floor);
    const who = mine
      ? t("You have the floor.")
      : holder
        ? t("{name} has the floor.", { name: holder.name })
        : (title ?? t("The circle."));
    return [who, time].filter(Boolean).join(" ");
  }

  private seat(seat: RingSeat, n: number, seats: RingSeat[]): TemplateResult {
    const { seat: r, distance, room, ...gap } = measures(seats.length);
    const [x, y] = at(n / seats.length, distance);
    const state = this.state(seat);
    const above = y < CY - 0.5;
    const swarm = seats.length >= SWARM;
    const [nameX, label, anchor] = swarm
      ? inside(n, seats.length, [x, y], r)
      : [x, above ? y - r - gap.above : y + r + gap.below, "middle"];
    const named = this.wall
      ? seats.length <= NAMED_ON_WALL
      : !swarm || state === "floor" || this.me(seat);
    const name = this.me(seat)
      ? t("You")
      : this.twin(seat)
        ? longerName(seat.name, room)
        : shortName(seat.name, room);
    const badge = r * 0.74;
    return svg`<g class=${`seat ${state} ${this.me(seat) ? "me" : ""}`}><circle class="bed" cx=${x} cy=${y} r=${r + gap.bed}></circle>
      ${state === "floor" ? svg`<circle class="halo" cx=${x} cy=${y} r=${r + gap.bed - 1}></circle>` : nothing}
      <circle class="d" cx=${x} cy=${y} r=${r}></circle>${r < (this.wall ? ROOMY : LEGIBLE) ? nothing : svg`<text class="ini" x=${x} y=${y + (r > 20 ? 6 : 4.5)}>${initials(seat.name)}</text>`}
      ${state === "told" && !swarm ? svg`<circle class="bd" cx=${x + badge} cy=${y + badge} r="9.5"></circle><path class="tk" d=${`m${x + badge - 4} ${y + badge + 0.5} 3 3 5-6`}></path>` : nothing}
      ${named ? svg`<text class=${`nm ${anchor}`} x=${nameX} y=${label}>${name}</text>` : nothing}</g>`;
  }

  /** The floor passes along the ring: a coral seat travels from the last holder to the next. */
  protected override updated(_changed: PropertyValues): void {
    const { floor, seats } = this.block;
    const before = this.floor;
    this.floor = floor ?? null;
    if (!before || !floor || before === floor) return;
    if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const from = seats.findIndex((seat) => seat.seat === before);
    const to = seats.findIndex((seat) => seat.seat === floor);
    const ring = this.querySelector("svg");
    if (from < 0 || to < 0 || !ring) return;
    const { seat: r, distance } = measures(seats.length);
    const steps = (to - from + seats.length) % seats.length || seats.length;
    const dot = document.createElementNS("http://www.w3.org/2000/svg", "circle");
    dot.setAttribute("class", "pass");
    dot.setAttribute("r", String(r));
    const duration = Number.parseFloat(getComputedStyle(this).getPropertyValue("--pass")) || 0;
    const frames = Array.from({ length: 13 }, (_, n) => {
      const [x, y] = at((from + (steps * n) / 12) / seats.length, distance);
      return { transform: `translate(${x}px, ${y}px)` };
    });
    ring.append(dot);
    dot.animate(frames, { duration, easing: "cubic-bezier(0.3, 0.7, 0.2, 1)" }).onfinish = () =>
      dot.remove();
  }
}

/** A clock without a ring of people. */
export class CountdownBlock extends TimedPart<Countdown> {
  private readonly speaker = new Speaker();
  protected override render(): TemplateResult {
    const { clock, label, until } = this.block;
    this.speaker.hear(clock, false);
    const ends = until && clock.ends_at ? hour(Date.now() + clock.ends_at - serverNow()) : "";
    const spoken = timeWords(clock, false)?.spoken ?? "";
    const aside =
      this.view?.lens === "screen" && spoken
        ? html`<p class="clockwords nums" aria-hidden="true">${spoken}</p>`
        : nothing;
    return html`<div class="dial"><svg class="ring" viewBox="74 83 180 180" role="img" aria-label=${[label, spoken].filter(Boolean).join(": ")}><path class="weave" d=${mat()}></path><circle class="track" cx=${CX} cy=${CY} r=${TRACK}></circle>${dial(clock, 0, false)}</svg>${aside}${label ? html`<p class="note">${label}</p>` : nothing}${ends ? html`<p class="lead nums">${t("until {time}", { time: ends })}</p>` : nothing}<p class="vh" role="status">${this.speaker.text}</p></div>`;
  }
}

/** The clock of a list: a dial where a hall looks up to it, a line of words where thumbs need the
 *  room. */
export function clockFor(
  stage: Stage,
  view: ViewMessage,
  clock: Clock | null | undefined,
  speaker: Speaker,
): TemplateResult | typeof nothing {
  if (!clock) return nothing;
  const block: Countdown = { type: "countdown", clock, label: null, until: false };
  if (view.lens === "screen")
    return html`<tl-countdown .stage=${stage} .view=${view} .block=${block}></tl-countdown>`;
  speaker.hear(clock, false);
  return html`<p class="quiet nums">${timeWords(clock, false)?.spoken ?? ""}</p><p class="vh" role="status">${speaker.text}</p>`;
}

/** The same circle, small, for the panel: shapes only, a line of text stands beside it. */
export function miniRing(ring: Ring): TemplateResult {
  const n = ring.seats.length || 1;
  const holder = ring.seats.findIndex((seat) => seat.seat === ring.floor);
  const clock = ring.clock;
  const ms = clock ? left(clock) : null;
  const running = clock && (clock.state === "running" || clock.state === "over") && ms !== null;
  const share = clock ? filled(clock) : 0;
  const sort = (seat: RingSeat) =>
    seat.seat === ring.floor
      ? "n"
      : seat.state === "told"
        ? "t"
        : seat.state === "away" || seat.state === "left"
          ? "a"
          : "s";
  return html`<svg class="mini" viewBox="0 0 96 96" aria-hidden="true"><circle class="track" cx="48" cy="48" r="25"></circle>${share > 0 ? svg`<path class="arc" d=${arc(Math.max(0, holder) / n, share, 25, 48, 48)}></path>` : nothing}${ring.seats.map(
    (seat, index) => {
      const [x, y] = at(index / n, 40, 48, 48);
      return svg`<circle class=${sort(seat)} cx=${x} cy=${y} r=${n > 10 ? 5 : 6.5}></circle>`;
    },
  )}${running && ms > 0 ? svg`<text x="48" y="55">${minutes(ms)}</text>` : nothing}</svg>`;
}
