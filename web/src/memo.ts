// The memo: the draft that writes itself and goes on doing so, places in it where facilitators
// write together, what is missing, and the way out. Prose lives in the memo's document, questions
// go as commands; everything else is read.
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { drawBlock } from "./blocks/index";
import "./blocks/photo";
import { readBoot } from "./boot";
import { fixedPlace, StagePart, saved, tray } from "./frame";
import { number, runs, t, tn, woven } from "./i18n";
import { keep, stageOf } from "./keeper";
import "./memo/exports";
import { type Changed, changedSinceSent } from "./memo/changed";
import { drawLedger, drawNote, fetchLedger } from "./memo/ledger";
import { drawMissing, leftOf, target } from "./memo/missing";
import { PlacePart } from "./memo/place";
import { Places } from "./memo/places";
import "./memo/said";
import { drawSteps } from "./memo/steps";
import {
  type Ask,
  anchor,
  type Comment,
  type Line,
  type MemoBlock,
  type MemoTree,
  type Missing,
  type NoteEntry,
  type Section,
  type Space,
  steady,
  traced,
  written,
} from "./memo/tree";
import { enter } from "./mount";
import { define, icon, initials } from "./part";
import type { Cards } from "./wire";

/** Milliseconds between two readings of the draft, while the room goes on. */
const AGAIN = 2_000;
/** Letters of a last word that stays with what follows it. */
const LAST = 16;
/** Milliseconds for which the page says that people were reminded. */
const REMINDED = 600_000;

export class MemoPage extends StagePart {
  static override properties = {
    ...StagePart.properties,
    memo: { state: true },
    editing: { state: true },
    menu: { state: true },
    sections: { state: true },
    text: { state: true },
    ledger: { state: true },
    listing: { state: true },
    tracing: { state: true },
    reminded: { state: true },
  };
  declare memo: MemoTree | null;
  /** "question {theme}". */
  declare editing: string;
  declare menu: boolean;
  /** Whether the list of sections is unfolded, on a phone. */
  declare sections: boolean;
  declare text: string;
  declare ledger: NoteEntry[] | null;
  /** Whether the list of all notes stands in place of the memo. */
  declare listing: boolean;
  /** The line whose notes are shown. */
  declare tracing: string;
  declare reminded: boolean;
  /** The memo's document: for facilitators alone. */
  private places: Places | null = null;
  private shown: Section[] = [];
  private seq = 0;
  /** Whether the draft is as new as the line. */
  private lined = false;
  private readAt = 0;
  private timer: number | undefined;
  private readonly later = () => this.schedule();
  /** There is a line again; the first one came with the page, and the page with its draft. */
  private readonly found = () => {
    if (this.lined) this.schedule();
    this.lined = true;
  };
  private readonly done = (event: Event) => {
    const { payload } = (event as CustomEvent<{ payload: { command: { type?: unknown } } }>).detail;
    if (payload.command.type === "memo.remind") {
      this.reminded = true;
      window.setTimeout(() => {
        this.reminded = false;
      }, REMINDED);
    }
    this.schedule(0);
  };
  private readonly moved = () => {
    const seq = this.stage.view?.seq ?? 0;
    if (seq !== this.seq) this.schedule();
    this.seq = seq;
  };
  private readonly losing = (event: Event) => {
    if ((event as CustomEvent<string>).detail === "memo") this.rescue();
  };

  override connectedCallback(): void {
    super.connectedCallback();
    const { stage } = this;
    const given = stage.boot.memo as { memo?: MemoTree; tree?: MemoTree } | undefined;
    this.memo = given?.memo ?? given?.tree ?? (given as MemoTree | undefined) ?? null;
    this.seq = stage.view?.seq ?? 0;
    this.lined = stage.kept > 0;
    if (this.inside) {
      this.places = new Places(stage);
      this.places.addEventListener("people", () => this.requestUpdate());
      for (const what of ["text", "typed"]) this.places.addEventListener(what, this.later);
    }
    stage.addEventListener("done", this.done);
    stage.addEventListener("change", this.moved);
    stage.addEventListener("losing", this.losing);
    stage.connection.addEventListener("open", this.found);
    // The hand was lifted: what waited may move now.
    this.addEventListener("focusout", () => window.setTimeout(() => this.requestUpdate()));
    if (!this.memo?.sections) this.schedule(0);
  }

  override disconnectedCallback(): void {
    const { stage } = this;
    stage.removeEventListener("done", this.done);
    stage.removeEventListener("change", this.moved);
    stage.removeEventListener("losing", this.losing);
    stage.connection.removeEventListener("open", this.found);
    window.clearTimeout(this.timer);
    super.disconnectedCallback();
  }

  /** Reads the draft again soon, seldom enough for a phone in a crowd. */
  private schedule(wait = AGAIN): void {
    if (this.timer !== undefined && wait > 0) return;
    window.clearTimeout(this.timer);
    const due = wait && Math.max(0, this.readAt + wait - Date.now());
    this.timer = window.setTimeout(() => {
      this.timer = undefined;
      void this.load();
    }, due);
  }

  private async load(): Promise<void> {
    this.readAt = Date.now();
    const room = this.stage.boot.room;
    const answer = await fetch(`/api/rooms/${room}/memo`).catch(() => null);
    // Not open to this person any more: the page says so itself, and nothing of it stays here.
    if (answer?.status === 403 && !this.places) location.reload();
    if (!answer?.ok) return;
    this.memo = (await answer.json()) as MemoTree;
    this.stage.dispatchEvent(new Event("loaded"));
    if (this.ledger) this.ledger = await fetchLedger(room);
  }

  /** The document was refused: what stands only here goes to the tray, nothing of it is lost. */
  private rescue(): void {
    const { stage, places, memo } = this;
    if (!places) return;
    const printed = new Map<string, string>();
    for (const section of memo?.sections ?? [])
      for (const block of section.blocks) {
        const lines =
          block.type === "paragraph" ? [block.line] : block.type === "bullets" ? block.items : [];
        for (const line of lines) {
          const id = line.source?.find((each) => each.startsWith("prose:"))?.slice(6);
          if (id) printed.set(id, `${printed.get(id) ?? ""} ${line.text}`);
        }
      }
    for (const id of places.ids()) {
      const text = places.text(id);
      if (plain(text) !== plain(printed.get(id) ?? ""))
        void stage.drafts.stray(stage.seat, `memo/${id}`, text);
    }
  }

  /** The section somebody here writes in. */
  private get held(): string {
    const active = document.activeElement;
    if (!active || !this.contains(active)) return "";
    return active.closest<HTMLElement>("section[data-section]")?.dataset.section ?? "";
  }

  /** Whether a facilitator is at this page, as the screen that was asked for. */
  private get inside(): boolean {
    return this.stage.lens === "panel";
  }

  private get editable(): boolean {
    return !!this.memo?.stage?.writable;
  }

  protected override render(): TemplateResult {
    const { stage, memo } = this;
    const title = stage.view?.room.title ?? memo?.head?.title.text ?? stage.boot.title ?? "";
    const others = this.places?.others() ?? [];
    return html`<header class="top wide"><a class="brand" href="/">${icon("talanoa")}Talanoa</a><div class="place"><b dir="auto">${title}</b> <span class="note">· ${t("debrief memo")}</span></div>
      <nav class="end row" aria-label=${t("Memo")}>${stage.facilitator ? html`<a class="btn small" href=${`/r/${stage.boot.room}/panel`}>${icon("arrow", "back")}${t("Panel")}</a>` : html`<a class="btn small" href=${`/r/${stage.boot.room}`}>${icon("arrow", "back")}${t("Back to the room")}</a>`}${others.length ? html`<ul class="row tight here" aria-label=${t("Also on this page")}>${others.map((name) => html`<li class="av" title=${name}><span aria-hidden="true">${initials(name)}</span><span class="vh">${name}</span></li>`)}</ul>` : nothing}<span class="note row tight lineword">${saved(stage)}</span><button class="btn small takeout" type="button" aria-expanded=${this.menu ? "true" : "false"} @click=${() => {
        this.menu = !this.menu;
      }}>${icon("page")}${t("Export")}</button></nav></header>
      ${this.menu ? this.exports() : nothing}<div class="mat"></div><div class="wide">${fixedPlace(stage)}${tray(stage)}</div>${this.standing(memo)}${memo ? changedSinceSent(memo as Changed) : nothing}
      ${memo?.sections ? this.draft(memo) : html`<div class="wide memo"><p class="quiet">${t("The memo is being drafted.")}</p></div>`}`;
  }

  /** Where it stands: the steps for facilitators, the version for everybody else. */
  private standing(memo: MemoTree | null): TemplateResult | typeof nothing {
    const { stage } = this;
    const said = memo?.stage;
    if (memo && !this.inside && memo.memo_version) return this.version(memo);
    if (!memo || !said) return nothing;
    return drawSteps(said, (command) => stage.say(command), this.sending(memo));
  }

  /** The button that sends, where sending is the next step and nothing is missing. */
  private sending(memo: MemoTree): TemplateResult | typeof nothing {
    const { stage } = this;
    const offer = stage.offers.find((each) => each.type === "memo.send");
    if (!memo.stage?.next?.send || !offer || (this.editable && leftOf(memo))) return nothing;
    const label = { ...offer, label: memo.stage.next.label };
    return html`<div class="go"><tl-offer .stage=${stage} .offer=${label} .look=${"small main"}></tl-offer></div>`;
  }

  /** For those who read it: which version, what one can do, and where one's own words stand. */
  private version(memo: MemoTree): TemplateResult {
    const n = number(memo.memo_version ?? 1);
    const own = this.shown.filter((each) => memo.own_places?.includes(each.id));
    return html`<section class="wide steps" aria-label=${t("This memo")}><p role="status"><b>${memo.final ? t("Version {n}, final.", { n }) : t("Version {n}.", { n })}</b> ${(memo.memo_version ?? 1) > 1 ? t("Parts of it are not as they were first sent.") : nothing} ${memo.final ? t("Your own words you can still take back, under “My words”.") : t("Say something about any part. Your own words you can take back, under “My words”.")}</p>${own.length ? html`<nav class="own row" aria-label=${t("Your words stand here")}><span class="note">${t("Your words stand here:")}</span>${own.map((each) => html`<a class="btn small" href=${`#${anchor(each.id)}`}><bdi>${each.heading}</bdi></a>`)}</nav>` : nothing}</section>`;
  }

  private exports(): TemplateResult {
    const { stage, memo } = this;
    return html`<tl-exports .room=${stage.boot.room} .facilitator=${!!stage.facilitator} .organiser=${!!memo?.organiser} @close=${() => {
      this.menu = false;
      this.querySelector<HTMLElement>(".takeout")?.focus();
    }}></tl-exports>`;
  }

  private draft(memo: MemoTree): TemplateResult {
    const words = memo.counts.words ?? 0;
    const budget = memo.counts.budget ?? 0;
    this.shown = steady(this.shown, memo.sections, this.held);
    if (!this.inside) return this.reading(memo);
    const gaps = { memo, stage: this.stage, reminded: this.reminded, go: this.go };
    return html`<div class="wide memo">
      ${this.contents(leftOf(memo))}
      <article class="doc stack" lang=${memo.language || nothing} dir=${runs(memo.language)} ?hidden=${this.listing}>${this.head(memo)}${repeat(
        this.shown,
        (section) => section.id,
        (section) => this.section(section),
      )}${this.lost(memo)}${this.unplaced(memo)}${this.notes()}</article>
      ${this.listing ? html`<article class="doc stack"><h1 class="head" tabindex="-1" id="notes-head">${t("Where every note went")}</h1>${this.ledger ? drawLedger(this.ledger, this.show) : html`<p class="quiet">${t("A moment…")}</p>`}</article>` : nothing}
      <aside class="stack" id="before" aria-label=${t("Before you send")}>
        <section class="stack"><h2 class="sec"><span>${woven(tn("{n} word", "{n} words", words, { n: "{n}" }), { n: html`<span class="bignum nums">${number(words)}</span>` })}</span>${budget ? html`<span class="note">${t("about {n}", { n: number(budget) })}</span>` : nothing}</h2>${budget ? html`<progress class="meter" max=${budget} .value=${Math.min(words, budget)} aria-label=${t("Words so far")}></progress>` : nothing}</section>
        ${this.editable ? drawMissing(gaps) : nothing}
        ${this.send(leftOf(memo))}
        <section class="stack"><h2 class="sec">${t("Counted for you")}</h2><dl class="counts">${this.counted(memo).map(([label, n]) => html`<div><dt>${label}</dt><dd class="nums">${number(n)}</dd></div>`)}</dl>${memo.unheard?.length ? html`<p class="note"><bdi>${memo.unheard.join(", ")}</bdi></p>` : nothing}</section>
      </aside></div>`;
  }

  /** The copy people have: to be read, and to say something about. */
  private reading(memo: MemoTree): TemplateResult {
    return html`<div class="wide memo reads">${this.contents(0)}<article class="doc stack" lang=${memo.language || nothing} dir=${runs(memo.language)}>${this.head(memo)}${repeat(
      this.shown,
      (section) => section.id,
      (section) => this.section(section),
    )}${this.lost(memo)}</article></div>`;
  }

  private head(memo: MemoTree): TemplateResult {
    return html`<header class="stack"><h1 class="head" dir="auto">${memo.head.title.text}</h1>${memo.head.facts?.length ? html`<dl class="facts">${memo.head.facts.map((fact) => html`<div><dt>${fact.label}</dt><dd dir="auto">${fact.line.text}</dd></div>`)}</dl>` : nothing}<p class="quiet">${memo.head.confidentiality}</p></header>`;
  }

  /** What was said about a part that is not in it any more. */
  private lost(memo: MemoTree): TemplateResult | typeof nothing {
    const lost = (memo.comments ?? []).filter((each) => each.lost);
    if (!lost.length) return nothing;
    const heading = t("Parts that are gone");
    return html`<section class="stack"><h2>${heading}</h2>${this.said("", heading, lost, false)}</section>`;
  }

  private said(
    place: string,
    heading: string,
    comments: Comment[],
    may: boolean,
  ): TemplateResult | typeof nothing {
    if (!comments.length && !may) return nothing;
    return html`<tl-said .stage=${this.stage} .place=${place} .heading=${heading} .comments=${comments} .may=${may}></tl-said>`;
  }

  /** The sections with their words: beside the memo, on a phone a menu above it. */
  private contents(left: number): TemplateResult {
    const leave = () => {
      this.sections = false;
      this.listing = false;
    };
    return html`<nav class="toc stack ${this.sections ? "open" : ""}" aria-label=${t("Sections")} @keydown=${(
      event: KeyboardEvent,
    ) => {
      if (event.key === "Escape") this.sections = false;
    }}><div class="row reach"><button class="btn small fold" type="button" aria-expanded=${this.sections ? "true" : "false"} @click=${() => {
      this.sections = !this.sections;
    }}>${icon("down")}${t("Sections")}</button>${left ? html`<a class="btn small gaps" href="#before" @click=${leave}>${tn("{n} left", "{n} left", left)}</a>` : nothing}</div><p class="note">${t("Parts, and how many words")}</p><ol>${this.shown.map(
      (section) =>
        html`<li><a href=${`#${anchor(section.id)}`} @click=${leave}><bdi>${section.heading}</bdi><span class="nums">${number(section.words ?? 0)}</span></a></li>`,
    )}${this.inside ? html`<li><a href="#s-board" @click=${leave}>${t("Notes and themes")}</a></li>` : nothing}</ol>${this.inside ? html`<p><button class="btn bare" type="button" aria-pressed=${this.listing ? "true" : "false"} @click=${() => this.list()}>${icon("search")}${t("Where every note went")}</button></p>` : nothing}</nav>`;
  }

  private list(): void {
    this.listing = !this.listing;
    this.sections = false;
    if (!this.listing) return;
    void fetchLedger(this.stage.boot.room).then((found) => {
      this.ledger = found;
    });
    void this.updateComplete.then(() => {
      const head = this.querySelector<HTMLElement>("#notes-head");
      head?.focus({ preventScroll: true });
      head?.scrollIntoView({ block: "nearest" });
    });
  }

  /** One tap to what is missing, with the cursor in it where there is something to write. */
  private readonly go = (each: Missing): void => {
    this.listing = false;
    this.sections = false;
    void this.updateComplete.then(() => {
      const at =
        document.getElementById(target(each)) ?? document.getElementById(anchor(each.place));
      if (!at) return;
      at.scrollIntoView({ block: "center" });
      const place = at.closest("tl-place");
      if (place instanceof PlacePart) place.write();
      else (at.querySelector<HTMLElement>("button, a[href]") ?? at).focus({ preventScroll: true });
    });
  };

  /** A note where it stands on the board. */
  private readonly show = (entry: NoteEntry): void => {
    this.listing = false;
    this.tracing = "";
    void this.updateComplete.then(() => {
      const cards = [
        ...this.querySelectorAll<HTMLElement & { card?: unknown }>("#s-board tl-card"),
      ];
      const found = cards.find((each) => cardId(each) === entry.id);
      const at = found ?? this.querySelector<HTMLElement>("#s-board");
      at?.scrollIntoView({ block: "center" });
      if (at) {
        at.tabIndex = -1;
        at.focus({ preventScroll: true });
      }
    });
  };

  private send(left: number): TemplateResult {
    if (!this.editable)
      return html`<section class="stack"><p>${t("The memo has been sent. It is not changed until you open a new version.")}</p>${this.reopen()}</section>`;
    if (this.memo?.stage?.next?.send && !left) return html``;
    const offer = this.stage.offers.find((each) => each.type === "memo.send");
    if (offer && !left)
      return html`<section class="stack"><tl-offer .stage=${this.stage} .offer=${offer} .look=${"main big"}></tl-offer></section>`;
    const lead = this.stage.view?.room.lead;
    const why = left
      ? t("Opens when nothing is missing above.")
      : lead?.name && lead.acting !== this.stage.view?.seat
        ? t("{name} leads now and can send it.", { name: `\u2068${lead.name}\u2069` })
        : t("Opens for the lead when the last activity is over.");
    return html`<section class="stack"><button class="btn big off" type="button" aria-disabled="true" aria-describedby="why-not">${t("Send the memo to everyone")}</button><p class="note" id="why-not">${why}</p></section>`;
  }

  /** A new version: the editor opens again, and people keep the one they have. */
  private reopen(): TemplateResult | typeof nothing {
    const command = this.memo?.stage?.reopen;
    if (!command) return nothing;
    return html`<button class="btn" type="button" @click=${() => this.stage.say(command)}>${icon("pencil")}${t("Open a new version")}</button><p class="note">${t("Everyone keeps the one they have until you send the new one.")}</p>`;
  }

  /** The board itself: making themes and putting notes under them changes the draft above. */
  private notes(): TemplateResult | typeof nothing {
    const { stage } = this;
    if (!stage.view) return nothing;
    const block: Cards = {
      type: "cards",
      document: "board",
      section: "",
      title: t("Notes and themes"),
      kinds: NOTES,
      sees: "room",
      add: true,
      hint: t(
        "What people shared. It is not printed as it stands here: the draft takes it from here.",
      ),
    };
    return html`<div class="board" id="s-board">${drawBlock(stage, stage.view, block)}</div>`;
  }

  private counted(memo: MemoTree): [string, number][] {
    const { counts } = memo;
    return (
      [
        [t("stories told"), counts.stories_told],
        [t("stories released"), counts.stories_released],
        [t("quotes released"), counts.quotes_cleared],
        [t("quotes waiting"), counts.quotes_waiting],
        [t("themes"), counts.themes],
        [t("commitments"), counts.commitments],
        [t("pages, about"), counts.pages],
        [t("people not yet heard in it"), counts.people_unheard],
      ] as [string, number | undefined][]
    ).filter((pair): pair is [string, number] => typeof pair[1] === "number");
  }

  /** Texts whose theme or story is gone: here until somebody takes them along or away. */
  private unplaced(memo: MemoTree): TemplateResult | typeof nothing {
    const lost = (memo.missing ?? []).filter(
      (each) => each.kind === "prose_unplaced" && this.places?.has(each.place),
    );
    if (!lost.length) return nothing;
    return html`<section class="stack" id="s-unplaced" data-section="unplaced"><h2>${t("Texts without a place")}</h2><p class="note">${t("Their theme or story is not in the memo any more. They are kept, and not printed. Copy what you need, or empty them.")}</p>${repeat(
      lost,
      (each) => each.place,
      (each) =>
        this.place({ type: "space", id: each.place, label: t("A text without a place") }, []),
    )}</section>`;
  }

  private section(section: Section): TemplateResult {
    const spaces = section.blocks.filter((block): block is Space => block.type === "space");
    const first = this.firstAsk;
    const rows: [string, TemplateResult | typeof nothing][] = [];
    section.blocks.forEach((block, n) => {
      const own = spaces.find((space) => written(block, space.id));
      if (own || (spaces.length && block.type === "notice" && block.kind === "placeholder")) return;
      const key = `${section.id}/${n}`;
      switch (block.type) {
        case "space": {
          const printed = section.blocks.filter((each) => written(each, block.id));
          rows.push([`space ${block.id}`, this.place(block, printed)]);
          break;
        }
        case "ask":
          rows.push([`ask ${block.theme}`, this.ask(block, section.id, block.theme === first)]);
          break;
        case "heading":
          rows.push([block.id ? `head ${block.id}` : key, this.block(block, key)]);
          break;
        default:
          rows.push([key, this.block(block, key)]);
      }
    });
    return html`<section class="stack" id=${anchor(section.id)} data-section=${section.id}><h2 dir="auto">${section.heading}</h2>${repeat(
      rows,
      ([key]) => key,
      ([, drawn]) => drawn,
    )}${this.said(
      section.id,
      section.heading,
      (this.memo?.comments ?? []).filter((each) => !each.lost && each.place === section.id),
      // Facilitators write in the memo itself.
      !!this.memo?.commentable && !this.inside,
    )}</section>`;
  }

  /** A place to write in, and until its editor is there what is printed of it. */
  private place(space: Space, printed: MemoBlock[]): TemplateResult {
    return html`<div class="spot"><tl-place .stage=${this.stage} .places=${this.places} .space=${space} .editable=${this.editable} .fit=${!!this.memo?.fit?.includes(space.id)}></tl-place>${printed.length ? html`<div class="printed stack">${printed.map((block) => this.block(block, ""))}</div>` : nothing}</div>`;
  }

  /** The question that is next: its button is the one thing now. */
  private get firstAsk(): string {
    for (const section of this.shown)
      for (const block of section.blocks)
        if (block.type === "ask" && block.state === "suggested") return block.theme;
    return "";
  }

  /** Other ways to ask, each one tap away. */
  private others(block: Ask): TemplateResult | typeof nothing {
    const more = (block.suggestions ?? []).filter((each) => each !== block.line.text);
    if (!more.length) return nothing;
    return html`<details class="others"><summary>${t("Other ways to ask")}${icon("down")}</summary><ul class="plainlist">${more.map((each) => html`<li><button class="btn" type="button" dir="auto" @click=${() => this.stage.say({ type: "memo.question", theme: block.theme, text: each })}>${each}</button></li>`)}</ul></details>`;
  }

  private edit(key: string, text: string): void {
    this.editing = key;
    this.text = text;
    void this.updateComplete.then(() =>
      this.querySelector<HTMLElement>(".writing textarea")?.focus(),
    );
  }

  private editor(key: string, label: string, send: (text: string) => void): TemplateResult {
    const id = key.replace(/\W+/g, "-");
    return html`<form class="field writing" @submit=${(event: Event) => {
      event.preventDefault();
      if (this.text.trim()) send(this.text.trim());
      this.editing = "";
    }}><label for=${id}>${label}</label><textarea class="inp" id=${id} rows="4" maxlength="4000" dir="auto" .value=${this.text} @input=${(
      event: Event,
    ) => {
      this.text = (event.target as HTMLTextAreaElement).value;
    }}></textarea><div class="row"><button class="btn small main">${t("Keep these words")}</button><button class="btn small" type="button" @click=${() => {
      this.editing = "";
    }}>${t("Not now")}</button></div></form>`;
  }

  private ask(block: Ask, section: string, next: boolean): TemplateResult {
    const key = `question ${block.theme}`;
    const open = block.state === "suggested";
    const keep = () => this.stage.say({ type: "memo.question", theme: block.theme });
    return html`<section class="asking stack" id=${`ask-${anchor(section)}`}><div class="row between"><h3>${block.label}</h3>${open ? html`<span class="note">${block.state_label || t("still the suggested wording")}</span>` : nothing}</div>${
      this.editing === key
        ? this.editor(key, t("The question"), (text) =>
            this.stage.say({ type: "memo.question", theme: block.theme, text }),
          )
        : html`<p class="q" dir="auto">${block.line.text}</p>${this.editable ? html`<div class="row"><button class="btn small ${next ? "main" : ""}" type="button" @click=${() => this.edit(key, block.line.text)}>${t("Edit the question")}</button>${open ? html`<button class="btn small" type="button" @click=${keep}>${t("Keep as it is")}</button>` : nothing}</div>${open ? this.others(block) : nothing}` : nothing}`
    }</section>`;
  }

  private block(block: MemoBlock, key: string): TemplateResult | typeof nothing {
    switch (block.type) {
      case "heading":
        return html`<h3 class=${block.part ? "" : "named"} id=${block.id ? anchor(block.id) : nothing} dir="auto">${block.line.text}${block.line.note ? html` <span class="note">${block.line.note}</span>` : nothing}</h3>`;
      case "paragraph":
        return html`<p class=${block.quiet ? "note" : ""} dir="auto" lang=${block.line.language || nothing}>${this.line(block.line, key)}</p>${this.from(block.line, key)}`;
      case "bullets":
        return html`<ul>${block.items.map((line, n) => html`<li dir="auto" lang=${line.language || nothing}>${this.line(line, `${key}/${n}`)}${this.from(line, `${key}/${n}`)}</li>`)}</ul>`;
      case "quote":
        return html`<blockquote dir="auto" lang=${block.line.language || nothing}>${this.glued(`“${block.line.text}”`, this.trace(block.line, key))}<footer>${block.translation ? html`${block.translation} ` : nothing}<b>${block.attribution}</b></footer></blockquote>${this.from(block.line, key)}`;
      case "table": {
        const look = (column: number) => (block.numeric?.includes(column) ? "n nums" : "");
        return html`<table><thead><tr>${block.headers.map((head, n) => html`<th class=${look(n)} scope="col">${head}</th>`)}</tr></thead><tbody>${block.rows.map((row) => html`<tr>${row.map((line, n) => html`<td class=${look(n)}><bdi>${line.text}</bdi></td>`)}</tr>`)}</tbody></table>`;
      }
      case "notice":
        return html`<p class="note">${block.line.text}</p>`;
      case "picture":
        return html`<figure class="pictured" lang=${block.line.language || nothing}><tl-photo .room=${this.stage.boot.room} .photo=${block.photo} .alt=${block.line.text}></tl-photo><figcaption class="note" dir="auto" aria-hidden="true">${block.line.text}</figcaption></figure>`;
      default:
        return nothing;
    }
  }

  private line(line: Line, key: string): TemplateResult {
    if (!line.runs?.length && !line.note)
      return html`${this.glued(line.text, this.trace(line, key))}`;
    const pieces = line.runs?.length ? line.runs : [{ text: line.text }];
    return html`${pieces.map((run) => {
      const text = run.italic ? html`<em>${run.text}</em>` : run.text;
      return run.bold ? html`<strong>${text}</strong>` : text;
    })}${line.note ? html` <span class="note">${line.note}</span>` : nothing}${this.trace(line, key)}`;
  }

  /** The last word and the button after it stay on one row. */
  private glued(text: string, button: TemplateResult | typeof nothing): TemplateResult {
    const at = text.lastIndexOf(" ") + 1;
    if (button === nothing || text.length - at > LAST) return html`${text}${button}`;
    return html`${text.slice(0, at)}<span class="glued">${text.slice(at)}${button}</span>`;
  }

  /** A small button after a line: the notes it came from. */
  private trace(line: Line, key: string): TemplateResult | typeof nothing {
    if (!key || !this.editable || !traced(line).length) return nothing;
    const open = this.tracing === key;
    return html`\u00a0<button class="trace" type="button" aria-expanded=${open ? "true" : "false"} aria-label=${t("Where this comes from")} title=${t("Where this comes from")} @click=${() => {
      this.tracing = open ? "" : key;
      if (open || this.ledger) return;
      void fetchLedger(this.stage.boot.room).then((found) => {
        this.ledger = found;
      });
    }}>${icon("down")}</button>`;
  }

  private from(line: Line, key: string): TemplateResult | typeof nothing {
    if (!key || this.tracing !== key) return nothing;
    const ids = traced(line);
    const found = (this.ledger ?? []).filter((each) => ids.includes(each.id));
    return html`<div class="from">${this.ledger ? (found.length ? html`<ul class="plainlist">${found.map((each) => html`<li>${drawNote(each, this.show)}</li>`)}</ul>` : html`<p class="note">${t("The note is not there any more.")}</p>`) : html`<p class="note">${t("A moment…")}</p>`}</div>`;
  }
}

/** The id of the card an element of the board shows. */
function cardId(element: HTMLElement): string {
  const { id } = element as unknown as { card?: string; id: string };
  const { card } = element as unknown as { card?: string | { id?: string } };
  return typeof card === "string" ? card : (card?.id ?? id);
}

/** Text to compare: words alone. */
function plain(text: string): string {
  return text.split(/\s+/).filter(Boolean).join(" ");
}

/** Kinds of notes on the board (themes stand over them). */
const NOTES = ["insight", "question", "practice", "quote", "parking"];

define("tl-memo", MemoPage);
async function start(): Promise<void> {
  const boot = readBoot();
  const role = boot.seats?.find((each) => each.seat === boot.seat)?.role;
  // Facilitators see here what the panel offers; whoever reads has the screen of their own seat.
  const reads = role !== undefined && role !== "facilitator";
  const stage = await stageOf(reads ? "seat" : "panel", "memo");
  if (!stage && boot.kept) return;
  if (stage)
    keep(stage, ["memo"], "memo", () => ({
      memo: document.querySelector<MemoPage>("tl-memo")?.memo ?? boot.memo,
    }));
  await enter(stage, boot.room, "tl-memo");
}
void start();
