// The board: everything people put down here, under themes or where it was written. Outline first,
// columns where there is room; a card moves by hand, by its menu and from the keyboard alike.
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { sees } from "./blocks/block";
import { Box } from "./blocks/box";
import { CardPart, type Row, standing } from "./blocks/card";
import { type Ask, drawAsk, nameSection, nameTheme } from "./board/asks";
import { drawUndo, sharingBar, sortingBar, UndoBar } from "./board/bars";
import { Carets } from "./board/carets";
import { type Checkpoints, drawCheckpoints, fetchCheckpoints } from "./board/checkpoints";
import { ColumnPart, type Gap } from "./board/column";
import { Drag } from "./board/drag";
import { EVERYTHING, finder, test, type Wanted } from "./board/finder";
import { Flights } from "./board/flights";
import { headRows } from "./board/headings";
import type { Column } from "./board/lists";
import { type Board, BoardPlace, clipped } from "./board/place";
import { type Step, Steps } from "./board/steps";
import { writing } from "./board/writing";
import { readBoot } from "./boot";
import { fixedPlace, StagePart, stateLine, tray } from "./frame";
import { t, tn } from "./i18n";
import { keep, reopen } from "./keeper";
import { watchKeyboard } from "./keyboard";
import { enter } from "./mount";
import { define, icon } from "./part";
import { Shelf } from "./shelf";
import { openStage } from "./stage";
import type { PeopleMessage, Sees } from "./wire";

/** Milliseconds to wait for people's names before cards are drawn without. */
const NAMES = 1_500;

export class BoardPage extends StagePart implements Board {
  static override properties = {
    ...StagePart.properties,
    at: { state: true },
    menu: { state: true },
    adding: { state: true },
    finding: { state: true },
    wanted: { state: true },
    gap: { state: true },
    ask: { state: true },
    said: { state: true },
    points: { state: true },
    named: { state: true },
    sorting: { state: true },
  };
  /** The document that is shown. */
  declare at: string;
  declare menu: boolean;
  declare adding: boolean;
  declare finding: boolean;
  declare wanted: Wanted;
  declare gap: Gap | undefined;
  declare ask: Ask | undefined;
  declare said: string;
  declare points: Checkpoints | undefined;
  /** Whether people's names are known, or were waited for long enough. */
  declare named: boolean;
  /** Whether the chosen notes are about to be put somewhere. */
  declare sorting: boolean;
  steps!: Steps;
  private place: BoardPlace | undefined;
  private stops: (() => void)[] = [];
  private rights = "";
  private knew: PeopleMessage | null = null;
  private readonly names = new Map<string, string>();
  private readonly flights = new Flights(this, (card) => this.item(card));
  private readonly bar = new UndoBar(() => this.requestUpdate());
  private readonly columnRows = new Map<string, () => Row[]>();
  private readonly keys = (event: KeyboardEvent) => this.key(event);
  private readonly again = () => this.open(this.at);
  private readonly undone = (event: Event) => {
    const { label } = (event as CustomEvent<Step>).detail;
    this.announce(t("Taken back: {step}", { step: label }));
  };
  private readonly stepped = () => this.bar.show(this.steps.last);

  override connectedCallback(): void {
    super.connectedCallback();
    const { stage } = this;
    this.wanted = EVERYTHING;
    this.said = "";
    this.steps ??= new Steps(stage);
    this.steps.addEventListener("change", this.stepped);
    this.steps.addEventListener("undone", this.undone);
    stage.connection.addEventListener("reopened", this.again);
    document.addEventListener("keydown", this.keys);
    window.setTimeout(() => {
      this.named = true;
    }, NAMES);
    this.open("board");
  }

  override disconnectedCallback(): void {
    this.shut();
    this.steps.removeEventListener("change", this.stepped);
    this.steps.removeEventListener("undone", this.undone);
    this.stage.connection.removeEventListener("reopened", this.again);
    document.removeEventListener("keydown", this.keys);
    super.disconnectedCallback();
  }

  // Places: everyone's, one's circle, one's own

  private open(name: string): void {
    this.shut();
    const shared = this.stage.connection.open(name);
    const shelf = new Shelf(shared.doc, name.startsWith("mine/") ? "notes" : "cards");
    const place = new BoardPlace(this, name, shelf);
    this.place = place;
    this.at = name;
    this.filter();
    this.stops = [
      this.steps.follow(shelf),
      shelf.follow((cards) => this.moved(cards)),
      () => place.close(),
    ];
    shelf.changed = (cards) => {
      if (place.lists.fits) this.moved(cards);
    };
    const look = () => this.requestUpdate();
    shared.provider.on("synced", look);
    this.stops.push(() => shared.provider.off("synced", look));
    const drag = new Drag(this, {
      may: (id) => {
        const card = shelf.get(id);
        return !!card && !place.choosing && place.movable(card);
      },
      show: (id, landing) => {
        const note = clipped(shelf.get(id)?.text ?? "");
        const still =
          landing?.column === place.lists.columnOf(id) && landing?.after === place.lists.behind(id);
        this.gap =
          landing && !still
            ? { ...landing, card: id, label: t("“{note}” lands here", { note }) }
            : undefined;
      },
      drop: (id, landing) => {
        const still = !this.gap;
        this.gap = undefined;
        if (!still) place.move(id, landing);
      },
    });
    this.stops.push(() => drag.close());
    if (shared.awareness) {
      const carets = new Carets(this, place, shared.awareness);
      this.stops.push(() => carets.close());
    }
  }

  private shut(): void {
    for (const stop of this.stops) stop();
    this.stops = [];
    this.place = undefined;
    this.flights.clear();
  }

  private show(name: string): void {
    if (name === this.at) return;
    this.adding = false;
    this.open(name);
  }

  /** The documents this seat reads, widest first. */
  private get places(): { name: string; sees: Sees; label: string }[] {
    const { stage } = this;
    const groups = (stage.view?.documents ?? []).filter((name) => name.startsWith("group/"));
    return [
      { name: "board", sees: "room" as Sees, label: t("Everyone here") },
      ...groups.map((name) => ({
        name,
        sees: "circle" as Sees,
        label: this.circle(name.slice("group/".length)) || t("Your circle"),
      })),
      { name: `mine/${stage.seat}`, sees: "self" as Sees, label: t("Only you") },
    ];
  }

  circle(group: string): string {
    return this.stage.boot.circles?.[group] ?? "";
  }

  // What changes

  private moved(cards: ReadonlySet<string>): void {
    const { place } = this;
    if (!place) return;
    this.flights.take(cards);
    place.lists.moved(cards);
    this.requestUpdate();
  }

  private filter(change: Partial<Wanted> = {}): void {
    this.wanted = { ...this.wanted, ...change };
    const { place, stage } = this;
    if (!place) return;
    place.lists.fits = test(
      this.wanted,
      (seat) => stage.name(seat),
      (seat) => stage.own(seat),
    );
    place.lists.rebuild();
  }

  private item(card: string): HTMLElement | null {
    return standing(card)?.parentElement ?? null;
  }

  protected override updated(): void {
    const { stage, place } = this;
    const seats = stage.boot.seats.map((each) => each.seat).join();
    const known = Object.keys(stage.view?.authors ?? {}).length;
    const rights = `${stage.facilitator} ${stage.view?.room.frozen ?? ""} ${seats} ${this.at} ${known}`;
    if (rights !== this.rights) {
      this.rights = rights;
      place?.shelf.again();
    }
    if (stage.people !== this.knew) this.renamed();
    // Not looked for without need: a search through a thousand cards is what this page must avoid.
    const dialog = this.ask || this.points ? this.querySelector("dialog") : null;
    if (dialog && !dialog.open) dialog.showModal();
    if (this.flights.waiting || place?.left) void this.settle();
  }

  /** Somebody came, or has another name: their cards look again, and nobody else's. */
  private renamed(): void {
    this.knew = this.stage.people;
    const changed = new Set<string>();
    for (const { seat, name } of this.knew?.people ?? []) {
      if (this.names.get(seat) === name) continue;
      this.names.set(seat, name);
      changed.add(seat);
    }
    const { place } = this;
    if (!place || !changed.size) return;
    for (const card of place.shelf.all())
      if (changed.has(this.stage.author(card)) || card.renderings.some(({ by }) => changed.has(by)))
        place.shelf.look(card.id);
  }

  /** Once the columns stand: what moved is seen to move, and the focus is where it belongs. */
  private async settle(): Promise<void> {
    await this.flights.settled();
    const { place } = this;
    const gone = place?.left;
    if (place && gone && !place.shelf.get(gone.card)) {
      place.left = undefined;
      const free = !document.activeElement || document.activeElement === document.body;
      if (free) (this.item(gone.to)?.querySelector("button") ?? this.querySelector("h1"))?.focus();
    }
    this.flights.fly();
  }

  announce(text: string): void {
    // The same words twice are said twice.
    this.said = text === this.said ? `${text}\u00a0` : text;
  }

  private undo(): void {
    if (!this.steps.undo()) this.announce(t("There is nothing to undo now."));
    this.bar.fold();
  }

  private key(event: KeyboardEvent): void {
    const { place } = this;
    const target = event.target as HTMLElement;
    const letter = event.key.toLowerCase();
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && letter === "z") {
      // A box that belongs to no card has its own way back.
      if (target.closest("input, textarea") && !target.closest("[data-card]")) return;
      event.preventDefault();
      this.undo();
      return;
    }
    if (place?.key(event)) event.preventDefault();
  }

  nameTheme(cards: readonly string[]): void {
    if (this.place) this.ask = nameTheme(this.place, cards);
  }

  /** What may be done with a column, as a menu; always the same function, so that a column is not
   *  drawn again for it. */
  private rowsOf(key: string): (() => Row[]) | undefined {
    const { place } = this;
    if (!place?.arranges || !key) return undefined;
    const known = this.columnRows.get(key);
    if (known) return known;
    const rows = () =>
      this.place
        ? headRows(this.place, key, (ask) => {
            this.ask = ask;
          })
        : [];
    this.columnRows.set(key, rows);
    return rows;
  }

  // Drawing

  protected override render(): TemplateResult | typeof nothing {
    const { stage, place } = this;
    const { view } = stage;
    if (!place) return nothing;
    document.title = `${t("The board")} · ${view?.room.title ?? stage.boot.title ?? ""} · Talanoa`;
    if (stage.people) this.named = true;
    const adds = writing(stage, place);
    return html`<header class="top wide boardtop">${this.back()}<div class="place"><b dir="auto">${view?.room.title ?? stage.boot.title ?? ""}</b></div>
      <nav class="end row" aria-label=${t("The board")}>${this.steps.last ? html`<button class="btn icon wideonly" type="button" aria-label=${t("Undo: {step}", { step: this.steps.last.label })} @click=${() => this.undo()}>${icon("undo")}</button>` : nothing}<button class="btn icon" type="button" aria-label=${t("Search")} aria-expanded=${this.finding ? "true" : "false"} @click=${() => this.find()}>${icon("search")}</button><button class="btn icon" type="button" aria-label=${t("More")} aria-expanded=${this.menu ? "true" : "false"} @click=${() => {
        this.menu = !this.menu;
      }}>${icon("more")}</button>${adds.kinds.length ? html`<button class="btn main addnote" type="button" aria-label=${t("Add a note")} @click=${() => this.add()}>${icon("pencil", "wideonly")}<span class="wideonly">${t("Add a note")}</span><span class="phoneonly">${t("Add")}</span></button>` : nothing}</nav></header>
      ${this.menu ? this.drawMenu() : nothing}
      <div class="wide boardmain">${fixedPlace(stage)}
      <section class="stack bhead"><h1 class="head" tabindex="-1">${this.heading()}</h1>
        <div class="row between"><p class="quiet">${this.explained()}</p>${this.saved()}</div>
        <nav class="places" aria-label=${t("Who sees it")}>${this.places.map((each) => html`<button class="btn small ${each.sees}" type="button" aria-current=${each.name === this.at ? "true" : nothing} @click=${() => this.show(each.name)}>${sees(each.sees)}${each.sees === "circle" && each.label !== t("Your circle") ? html`<bdi class="note">${each.label}</bdi>` : nothing}</button>`)}</nav></section>
      ${
        this.finding
          ? finder(
              place,
              this.wanted,
              (change) => this.filter(change),
              () => this.find(false),
            )
          : nothing
      }
      ${
        this.adding && adds.kinds.length
          ? adds.form(
              () => this.add(false),
              (text) => this.announce(text),
            )
          : nothing
      }
      ${this.named ? this.columns(place) : html`<p class="quiet">${t("One moment")}</p>`}
      ${tray(stage)}
      ${this.bottom(place)}</div>
      <p class="vh" role="status">${this.said}</p>
      ${this.ask ? this.drawAsk(this.ask) : this.points ? this.drawPoints(this.points) : nothing}`;
  }

  private back(): TemplateResult {
    const { stage } = this;
    return html`<a class="btn icon back" href=${stage.path()} aria-label=${t("Back to the room")}>${icon("arrow")}</a>`;
  }

  private heading(): string {
    const { name } = this.place ?? { name: "board" };
    if (name === "mine") return t("Your own notes");
    if (name !== "board") return t("What your circle wrote");
    const prompt = this.stage.view?.blocks.find(
      (block) => block.type === "cards" && block.document === "board" && block.section,
    );
    return prompt?.type === "cards" ? prompt.title : t("What we bring together");
  }

  private explained(): string {
    const { place } = this;
    if (place?.name === "mine") return t("Nobody else's device has received what stands here.");
    if (place?.name !== "board")
      return t("Only the people of your circle can read what stands here.");
    return place.arranges
      ? t(
          "Put what you heard under a theme, or leave it where it is. Everyone here sees this board.",
        )
      : t("Read what others brought, and mark what is also yours. Everyone here sees this board.");
  }

  /** Honest: it says "saved" only when the server has said so. */
  private saved(): TemplateResult {
    const { stage, place } = this;
    const { connection } = stage;
    const { count } = stage.unsaved;
    const all = place?.lists.total ?? 0;
    if (connection.line !== "connected" || count || !all) return stateLine(stage, true);
    return html`<p class="state flat"><span class="ok">${icon("saved")}${tn("{n} note, saved", "All {n} notes saved", all)}</span></p>`;
  }

  private columns(place: BoardPlace): TemplateResult {
    const { lists } = place;
    const all = place.columns();
    const of = (kind: Column["kind"]) => all.filter((column) => column.kind === kind);
    // What is still to be sorted stands first for those who sort it, last for those who read.
    const loose = of("loose").filter((column) => column.ids.length || all.length === 1);
    const sections = of("section").filter((column) => column.ids.length || place.arranges);
    const themes = of("theme");
    const order = place.arranges
      ? [...loose, ...sections, ...themes]
      : [...themes, ...sections, ...loose];
    const shown = lists.fits ? order.filter((column) => column.ids.length) : order;
    if (!lists.total && all.length === 1) return this.empty(place);
    if (!shown.length)
      return html`<p class="quiet nothing">${t("No note fits. Search for less, or show all.")}</p>`;
    const alone = shown.length === 1 ? "alone" : "";
    return html`<div class="cols ${alone}">${repeat(
      shown,
      (column) => column.key,
      (column) =>
        html`<tl-column .place=${place} .key=${column.key} .heading=${column.title} .kind=${column.kind} .ids=${column.ids} .gap=${this.gap?.column === column.key ? this.gap : undefined} .rows=${this.rowsOf(column.key)} .empty=${place.arranges ? t("Nothing stands here yet. Move notes that belong together under this theme.") : t("Nothing stands here yet.")}></tl-column>`,
    )}</div>`;
  }

  /** An empty board says what will come. */
  private empty(place: BoardPlace): TemplateResult {
    const shared = this.stage.connection.open(this.at);
    if (!shared.provider.isSynced) return html`<p class="quiet nothing">${t("One moment")}</p>`;
    const lines =
      place.name === "mine"
        ? [
            t("What you write for yourself stands here."),
            t("You decide later whether to share it."),
          ]
        : place.name === "board"
          ? [
              t("Notes from the circles will appear here when the stories end."),
              t("What people share then stands here for everyone, to read and to bring together."),
            ]
          : [t("What your circle writes down stands here.")];
    return html`<div class="nothing stack"><p class="prompt">${lines[0]}</p>${lines[1] ? html`<p class="quiet">${lines[1]}</p>` : nothing}</div>`;
  }

  private bottom(place: BoardPlace): TemplateResult | typeof nothing {
    if (place.choosing && place.name !== "board") return sharingBar(place);
    if (place.choosing)
      return sortingBar(place, this.sorting, (on) => {
        this.sorting = on;
      });
    const { step } = this.bar;
    return step && !this.adding ? drawUndo(step, () => this.undo()) : nothing;
  }

  private find(on = !this.finding): void {
    this.finding = on;
    this.menu = false;
    if (!on) this.filter(EVERYTHING);
    void this.updateComplete.then(() =>
      this.querySelector<HTMLElement>(on ? "#find" : "[aria-expanded].btn.icon")?.focus(),
    );
  }

  private add(on = true): void {
    this.adding = on;
    this.menu = false;
    void this.updateComplete.then(() =>
      this.querySelector<HTMLElement>(on ? ".writing textarea" : ".addnote")?.focus(),
    );
  }

  private drawMenu(): TemplateResult {
    const { stage, place, steps } = this;
    const room = `/r/${stage.boot.room}`;
    const row = (name: string, label: string, run: () => void) =>
      html`<button type="button" @click=${() => {
        this.menu = false;
        run();
      }}>${icon(name)}${label}</button>`;
    return html`<nav class="wide menuplace" aria-label=${t("More")} @keydown=${(
      event: KeyboardEvent,
    ) => {
      if (event.key !== "Escape") return;
      this.menu = false;
      this.querySelector<HTMLElement>(`[aria-label="${t("More")}"]`)?.focus();
    }}><div class="menu">
      ${steps.last ? row("undo", t("Undo: {step}", { step: steps.last.label }), () => this.undo()) : nothing}
      ${
        place?.arranges
          ? html`${row("check", t("Choose notes"), () => place.choosingFrom([]))}${row("plus", t("A new theme"), () => this.nameTheme([]))}${row(
              "plus",
              t("A new section"),
              () => {
                this.ask = nameSection(place);
              },
            )}`
          : nothing
      }
      ${place && place.name !== "board" && place.inner.length ? row("circle", t("Choose notes to show to others"), () => place.choosingFrom([])) : nothing}
      ${place?.arranges ? row("later", t("Back to an earlier step"), () => void this.look()) : nothing}
      <a href=${room}>${icon("device")}${t("Back to the room")}</a>
      ${stage.facilitator ? html`<a href=${`${room}/panel`}>${icon("key")}${t("Control panel")}</a><a href=${`${room}/memo`}>${icon("page")}${t("Memo")}</a>` : nothing}
    </div></nav>`;
  }

  private async look(): Promise<void> {
    this.points = await fetchCheckpoints(this.stage);
  }

  private drawPoints(points: Checkpoints): TemplateResult {
    const { place } = this;
    const close = () => {
      this.points = undefined;
    };
    return html`<dialog class="sheet-over" aria-labelledby="ask-h" @close=${close}><div class="sheet stack">${drawCheckpoints(
      points,
      place,
      (command, label) => {
        close();
        const { restore, undo } = command;
        this.steps.took(this.stage.say(restore), { label, back: undo });
        this.announce(label);
      },
      close,
    )}</div></dialog>`;
  }

  private drawAsk(ask: Ask): TemplateResult {
    return drawAsk(ask, () => {
      this.ask = undefined;
    });
  }
}

define("tl-box", Box);
define("tl-card", CardPart);
define("tl-column", ColumnPart);
define("tl-board", BoardPage);
async function start(): Promise<void> {
  const shell = !!readBoot().kept;
  const stage = shell ? await reopen("seat") : openStage("seat");
  if (shell && !stage) return;
  if (stage) {
    const wanted = new URLSearchParams(location.search).get("as");
    if (wanted && stage.own(wanted)) stage.seat = wanted;
    stage.connection.aware = (name) => !name.startsWith("mine/");
    keep(stage, ["room", "join", "board"]);
  }
  watchKeyboard();
  await enter(stage, readBoot().room, "tl-board", false);
}
void start();
