// The memo: the draft that wrote itself, what is missing, and the way out. Prose and questions go
// as commands; everything else is read.
import { html, nothing, type TemplateResult } from "lit";
import { drawBlock } from "./blocks/index";
import { readBoot } from "./boot";
import { fixedPlace, StagePart } from "./frame";
import { number, t, tn } from "./i18n";
import { type Changed, changedSinceSent } from "./memo/changed";
import { enter } from "./mount";
import { define, icon } from "./part";
import { openStage } from "./stage";
import type { Cards } from "./wire";

interface Line {
  text: string;
  note?: string;
  language?: string;
  by?: string;
  source?: string[];
}

type MemoBlock =
  | { type: "heading"; line: Line; id?: string; part?: boolean }
  | { type: "paragraph"; line: Line; quiet?: boolean }
  | { type: "bullets"; items: Line[] }
  | { type: "quote"; line: Line; attribution?: string; translation?: string }
  | { type: "table"; headers: string[]; rows: Line[][]; numeric?: number[] }
  | { type: "notice"; line: Line; kind: string }
  | {
      type: "ask";
      line: Line;
      theme: string;
      label: string;
      state: "suggested" | "edited" | "confirmed";
      state_label?: string;
      suggestions?: string[];
    };

interface Section {
  id: string;
  heading: string;
  blocks: MemoBlock[];
  words?: number;
  budget?: number;
}

interface Missing {
  kind: string;
  place: string;
  heading?: string;
  owner?: string;
  count?: number;
  blocks?: boolean;
}

interface MemoTree {
  head: {
    title: Line;
    kicker: string;
    confidentiality: string;
    facts?: { label: string; line: Line }[];
    words?: number;
    budget?: number;
  };
  sections: Section[];
  counts: Record<string, number>;
  missing?: Missing[];
}

/** Gaps of a kind that names nothing of its own stand as one line with their number. */
function alike(gaps: Missing[]): [Missing, number][] {
  const counted = (each: Missing) => each.kind === "commitment_date";
  const first = gaps.filter(
    (each, n) => !counted(each) || gaps.findIndex((other) => other.kind === each.kind) === n,
  );
  return first.map((each) => [
    each,
    counted(each)
      ? gaps
          .filter((other) => other.kind === each.kind)
          .reduce((n, other) => n + (other.count ?? 1), 0)
      : (each.count ?? 1),
  ]);
}

const FORMATS = ["docx", "pdf", "html", "md", "json"];

export class MemoPage extends StagePart {
  static override properties = {
    ...StagePart.properties,
    memo: { state: true },
    editing: { state: true },
    menu: { state: true },
    text: { state: true },
  };
  declare memo: MemoTree | null;
  /** "question {theme}" or "prose {section}". */
  declare editing: string;
  declare menu: boolean;
  declare text: string;
  private readonly again = () => void this.load();

  override connectedCallback(): void {
    super.connectedCallback();
    const given = this.stage.boot.memo as { memo?: MemoTree; tree?: MemoTree } | undefined;
    this.memo = given?.memo ?? given?.tree ?? (given as MemoTree | undefined) ?? null;
    this.stage.addEventListener("done", this.again);
    if (!this.memo?.sections) void this.load();
  }

  override disconnectedCallback(): void {
    this.stage.removeEventListener("done", this.again);
    super.disconnectedCallback();
  }

  private async load(): Promise<void> {
    const answer = await fetch(`/api/rooms/${this.stage.boot.room}/memo`);
    if (answer.ok) this.memo = (await answer.json()) as MemoTree;
  }

  protected override render(): TemplateResult {
    const { stage, memo } = this;
    const title = stage.view?.room.title ?? memo?.head?.title.text ?? stage.boot.title ?? "";
    return html`<header class="top wide"><a class="brand" href="/">${icon("talanoa")}Talanoa</a><div class="place"><b dir="auto">${title}</b> <span class="note">· ${t("debrief memo")}</span></div>
      <nav class="end row" aria-label=${t("Memo")}>${stage.facilitator ? html`<a class="btn small" href=${`/r/${stage.boot.room}/panel`}>${icon("arrow", "flip back")}${t("Panel")}</a>` : html`<a class="btn small" href=${`/r/${stage.boot.room}`}>${icon("arrow", "flip back")}${t("Back to the room")}</a>`}<span class="okc note row tight">${icon("saved")}${stage.unsaved.count ? t("saving") : t("Saved")}</span><button class="btn small" type="button" aria-expanded=${this.menu ? "true" : "false"} @click=${() => {
        this.menu = !this.menu;
      }}>${icon("page")}${t("Export")}</button></nav></header>
      ${this.menu ? this.formats() : nothing}<div class="mat"></div><div class="wide">${fixedPlace(stage)}</div>${memo ? changedSinceSent(memo as Changed) : nothing}
      ${memo?.sections ? this.draft(memo) : html`<div class="wide memo"><p class="quiet">${t("The memo is being drafted.")}</p></div>`}`;
  }

  private formats(): TemplateResult {
    const base = `/api/rooms/${this.stage.boot.room}`;
    return html`<nav class="wide formats" aria-label=${t("Export")} @keydown=${(
      event: KeyboardEvent,
    ) => {
      if (event.key === "Escape") this.menu = false;
    }}><div class="menu">${FORMATS.map(
      (format) =>
        html`<a href=${`${base}/memo.${format}`} download>${icon("page")}${formatName(format)}</a>`,
    )}<a href=${`${base}/memo.docx?edition=public`} download>${icon("globe")}${t("Word, for sharing outside")}</a></div></nav>`;
  }

  private draft(memo: MemoTree): TemplateResult {
    const missing = memo.missing ?? [];
    const blocking = missing.filter((each) => each.blocks !== false);
    const left = blocking.length;
    const words = memo.counts.words ?? 0;
    const budget = memo.counts.budget ?? 0;
    return html`<div class="wide memo">
      <nav class="toc stack" aria-label=${t("Sections")}><p class="note">${t("Parts, and how many words")}</p><ol>${memo.sections.map(
        (section) =>
          html`<li><a href=${`#${anchor(section.id)}`}><bdi>${section.heading}</bdi><span class="nums">${number(section.words ?? 0)}</span></a></li>`,
      )}<li><a href="#s-board">${t("Notes and themes")}</a></li></ol></nav>
      <article class="doc stack"><header class="stack"><h1 class="head" dir="auto">${memo.head.title.text}</h1>${memo.head.facts?.length ? html`<dl class="facts">${memo.head.facts.map((fact) => html`<div><dt>${fact.label}</dt><dd dir="auto">${fact.line.text}</dd></div>`)}</dl>` : nothing}<p class="quiet">${memo.head.confidentiality}</p></header>${memo.sections.map((section) => this.section(section))}${this.notes()}</article>
      <aside class="stack" aria-label=${t("Before you send")}>
        <section class="stack"><h2 class="sec"><span><span class="bignum nums">${number(words)}</span> ${t("words")}</span>${budget ? html`<span class="note">${t("about {n}", { n: number(budget) })}</span>` : nothing}</h2>${budget ? html`<progress class="meter" max=${budget} .value=${Math.min(words, budget)} aria-label=${t("Words so far")}></progress>` : nothing}</section>
        <section><h2 class="sec">${t("Before you send")}<span class="note">${left ? tn("{n} left", "{n} left", left) : t("nothing is missing")}</span></h2><ul class="missing">${blocking.map(
          (each) =>
            html`<li><a href=${`#${anchor(each.place)}`}>${icon(pictureOf(each.kind))}<span class="grow">${this.gap(each)}</span></a></li>`,
        )}${this.optional(missing.filter((each) => each.blocks === false))}</ul></section>
        ${this.send(left)}
        <section class="stack"><h2 class="sec">${t("Counted for you")}</h2><dl class="counts">${this.counted(memo).map(([label, n]) => html`<div><dt>${label}</dt><dd class="nums">${number(n)}</dd></div>`)}</dl></section>
      </aside></div>`;
  }

  /** What would make the memo better but holds nobody up: one line for each kind. */
  private optional(gaps: Missing[]): TemplateResult | typeof nothing {
    const prose = gaps.filter((each) => each.kind === "prose");
    const stories = prose.filter((each) => each.place.startsWith("story:"));
    const parts = prose.filter((each) => !stories.includes(each));
    const rest = gaps.filter((each) => each.kind !== "prose");
    const row = (each: Missing, text: string) =>
      html`<li><a href=${each.kind === "prose_unplaced" ? "#s-board" : `#${anchor(each.place)}`}>${icon("pencil")}<span class="grow">${text}</span></a></li>`;
    if (!gaps.length) return nothing;
    return html`<li class="also"><p class="note">${t("Only if you like")}</p></li>${
      stories[0]
        ? row(
            stories[0],
            tn(
              "{n} story could have a few sentences.",
              "{n} stories could have a few sentences.",
              stories.length,
            ),
          )
        : nothing
    }${
      parts.length === 1 && parts[0]
        ? row(parts[0], this.gap(parts[0]))
        : parts[0]
          ? row(
              parts[0],
              tn(
                "{n} part could have a few sentences.",
                "{n} parts could have a few sentences.",
                parts.length,
              ),
            )
          : nothing
    }${alike(rest).map(([each, n]) => row(each, this.gap({ ...each, count: n })))}`;
  }

  private send(left: number): TemplateResult {
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
        [t("pages, about"), counts.pages],
      ] as [string, number | undefined][]
    ).filter((pair): pair is [string, number] => typeof pair[1] === "number");
  }

  /** The heading of the section a place belongs to. */
  private heading(place: string): string {
    for (const section of this.memo?.sections ?? []) {
      if (section.id === place || place.startsWith(`${section.id}:`)) return section.heading;
      for (const block of section.blocks)
        if (block.type === "heading" && block.id === place) return block.line.text;
    }
    return t("This part");
  }

  private gap(each: Missing): string {
    const n = each.count ?? 1;
    const where = each.heading || this.heading(each.place);
    switch (each.kind) {
      case "question":
        return t("“{theme}” has no question yet.", { theme: where });
      case "question_suggested":
        return t("The question of “{theme}” is still as suggested. Edit it or keep it.", {
          theme: where,
        });
      case "consent":
        return tn(
          "{n} quote waits for its speaker’s yes.",
          "{n} quotes wait for their speaker’s yes.",
          n,
        );
      case "commitment_date":
        return tn("{n} commitment has no date.", "{n} commitments have no date.", n);
      case "prose_unplaced":
        return tn(
          "{n} text of yours has lost its theme.",
          "{n} texts of yours have lost their theme.",
          n,
        );
      case "too_long":
        return t("A quote is longer than the memo prints. Its speaker can shorten it.");
      case "prose_public":
        return t("“{section}” was not yet read for the shareable copy.", { section: where });
      case "prose_holds_words":
        return t("“{section}” repeats words that were not released.", { section: where });
      default:
        return t("“{section}” could have a few sentences of yours.", { section: where });
    }
  }

  /** Parts of a section have places of their own: what is written goes where it was asked for. */
  private section(section: Section): TemplateResult {
    let place = section.id;
    const drawn: (TemplateResult | typeof nothing)[] = [];
    const { blocks } = section;
    blocks.forEach((block, n) => {
      if (block.type === "heading") place = block.id || section.id;
      if (block.type === "notice" && block.kind === "placeholder") {
        drawn.push(this.invitation(place, block.line.text));
        return;
      }
      drawn.push(this.block(block));
      const own = written(block, place);
      if (own && !written(blocks[n + 1], place))
        drawn.push(
          this.rewrite(
            place,
            blocks.filter((each) => written(each, place)),
          ),
        );
    });
    return html`<section class="stack" id=${anchor(section.id)}><h2 dir="auto">${section.heading}</h2>${drawn}</section>`;
  }

  /** An empty place, as a sheet of paper: one tap and one writes. */
  private invitation(place: string, asks: string): TemplateResult {
    const key = `prose ${place}`;
    if (this.editing === key) return this.prose(key, place, asks);
    return html`<button class="write" type="button" @click=${() => this.edit(key, "")}>${icon("pencil")}<span>${asks}</span></button>`;
  }

  private rewrite(place: string, paragraphs: MemoBlock[]): TemplateResult {
    const key = `prose ${place}`;
    if (this.editing === key) return this.prose(key, place, t("Your words"));
    const text = paragraphs
      .map((each) => (each.type === "paragraph" ? each.line.text : ""))
      .join("\n\n");
    return html`<div><button class="btn bare" type="button" @click=${() => this.edit(key, text)}>${icon("pencil")}${t("Change these words")}</button></div>`;
  }

  private prose(key: string, place: string, label: string): TemplateResult {
    return this.editor(key, label, (text) =>
      this.stage.say({ type: "memo.prose", section: place, text }),
    );
  }

  /** Other ways to ask, each one tap away. */
  private others(block: Extract<MemoBlock, { type: "ask" }>): TemplateResult | typeof nothing {
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

  private block(block: MemoBlock): TemplateResult | typeof nothing {
    switch (block.type) {
      case "heading":
        return html`<h3 class=${block.part ? "" : "named"} id=${block.id ? anchor(block.id) : nothing} dir="auto">${block.line.text}${block.line.note ? html` <span class="note">${block.line.note}</span>` : nothing}</h3>`;
      case "paragraph":
        return html`<p class=${block.quiet ? "note" : ""} dir="auto" lang=${block.line.language || nothing}>${block.line.text}</p>`;
      case "bullets":
        return html`<ul>${block.items.map((line) => html`<li dir="auto" lang=${line.language || nothing}>${line.text}${line.note ? html` <span class="note">${line.note}</span>` : nothing}</li>`)}</ul>`;
      case "quote":
        return html`<blockquote dir="auto" lang=${block.line.language || nothing}>“${block.line.text}”<footer>${block.translation ? html`${block.translation} ` : nothing}<b>${block.attribution}</b></footer></blockquote>`;
      case "table": {
        const look = (column: number) => (block.numeric?.includes(column) ? "n nums" : "");
        return html`<table><thead><tr>${block.headers.map((head, n) => html`<th class=${look(n)} scope="col">${head}</th>`)}</tr></thead><tbody>${block.rows.map((row) => html`<tr>${row.map((line, n) => html`<td class=${look(n)} dir="auto">${line.text}</td>`)}</tr>`)}</tbody></table>`;
      }
      case "notice":
        return html`<p class="note">${block.line.text}</p>`;
      case "ask": {
        const key = `question ${block.theme}`;
        return html`<section class="asking stack"><div class="row between"><h3>${block.label}</h3>${block.state === "suggested" ? html`<span class="note">${block.state_label || t("still the suggested wording")}</span>` : nothing}</div>${
          this.editing === key
            ? this.editor(key, t("The question"), (text) =>
                this.stage.say({ type: "memo.question", theme: block.theme, text }),
              )
            : html`<p class="q" dir="auto">${block.line.text}</p><div class="row">${block.state === "suggested" ? html`<button class="btn small ink" type="button" @click=${() => this.stage.say({ type: "memo.question", theme: block.theme })}>${t("Keep as it is")}</button>` : nothing}<button class="btn small" type="button" @click=${() => this.edit(key, block.line.text)}>${t("Edit the question")}</button></div>${block.state === "suggested" ? this.others(block) : nothing}`
        }</section>`;
      }
    }
  }
}

/** An address inside the page for a section, a story, a theme. */
function anchor(place: string): string {
  return `s-${place.replace(/\W+/g, "-")}`;
}

/** Kinds of notes on the board (themes stand over them). */
const NOTES = ["insight", "question", "practice", "quote", "parking"];

/** Whether a block is a paragraph facilitators wrote for this place. */
function written(block: MemoBlock | undefined, place: string): boolean {
  return block?.type === "paragraph" && !!block.line.source?.includes(`prose:${place}`);
}

function formatName(format: string): string {
  switch (format) {
    case "docx":
      return t("Word");
    case "pdf":
      return t("PDF");
    case "html":
      return t("Web page");
    case "md":
      return t("Plain text");
    default:
      return t("Data (JSON)");
  }
}

function pictureOf(kind: string): string {
  if (kind === "consent") return "quote";
  if (kind.startsWith("question")) return "pencil";
  if (kind.startsWith("commitment")) return "people";
  return "page";
}

define("tl-memo", MemoPage);
void enter(openStage("panel"), readBoot().room, "tl-memo");
