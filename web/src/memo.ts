// The memo: the draft that wrote itself, what is missing, and the way out. Prose and questions go
// as commands; everything else is read.
import { html, nothing, type TemplateResult } from "lit";
import { readBoot } from "./boot";
import { fixedPlace, StagePart } from "./frame";
import { number, t, tn } from "./i18n";
import { enter } from "./mount";
import { OfferButton } from "./offers";
import { define, icon } from "./part";
import { openStage } from "./stage";

interface Line {
  text: string;
  note?: string;
  language?: string;
}

type MemoBlock =
  | { type: "heading"; line: Line; part?: boolean; id?: string }
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
  head: { title: Line; kicker: string; confidentiality: string; words?: number; budget?: number };
  sections: Section[];
  counts: Record<string, number>;
  missing?: Missing[];
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
    const answer = await fetch(`/api/rooms/${this.stage.boot.room}/memo.json`);
    if (answer.ok) this.memo = (await answer.json()) as MemoTree;
  }

  protected override render(): TemplateResult {
    const { stage, memo } = this;
    const title = stage.view?.room.title ?? memo?.head?.title.text ?? stage.boot.title ?? "";
    return html`<header class="top wide"><a class="brand" href="/">${icon("talanoa")}Talanoa</a><div class="place"><b dir="auto">${title}</b> <span class="note">· ${t("debrief memo")}</span></div>
      <nav class="end row" aria-label=${t("Memo")}><span class="okc note row tight">${icon("saved")}${stage.unsaved.count ? t("saving") : t("Saved")}</span><button class="btn small" type="button" aria-expanded=${this.menu ? "true" : "false"} @click=${() => {
        this.menu = !this.menu;
      }}>${icon("page")}${t("Export")}</button></nav></header>
      ${this.menu ? this.formats() : nothing}<div class="mat"></div><div class="wide">${fixedPlace(stage)}</div>
      ${memo?.sections ? this.draft(memo) : html`<div class="wide memo"><p class="quiet">${t("The memo is being drafted.")}</p></div>`}`;
  }

  private formats(): TemplateResult {
    const base = `/api/rooms/${this.stage.boot.room}`;
    return html`<nav class="wide" aria-label=${t("Export")}><div class="menu">${FORMATS.map(
      (format) =>
        html`<a href=${`${base}/memo.${format}`} download>${icon("page")}${formatName(format)}</a>`,
    )}<a href=${`${base}/memo.docx?edition=public`} download>${icon("globe")}${t("Word, for sharing outside")}</a></div></nav>`;
  }

  private draft(memo: MemoTree): TemplateResult {
    const missing = memo.missing ?? [];
    const blocking = missing.filter((each) => each.blocks !== false).length;
    const words = memo.counts.words ?? 0;
    const budget = memo.counts.budget ?? 0;
    const send = this.stage.offers.find((offer) => offer.type === "memo.send");
    return html`<div class="wide memo">
      <nav class="toc stack" aria-label=${t("Sections")}><p class="note">${t("Sections, in words")}</p><ol>${memo.sections.map(
        (section) =>
          html`<li><a href=${`#${anchor(section.id)}`}>${section.heading}<span class="nums">${number(section.words ?? 0)}</span></a></li>`,
      )}</ol></nav>
      <article class="doc stack"><h1 class="head" dir="auto">${memo.head.title.text}</h1><p class="quiet">${memo.head.confidentiality}</p>${memo.sections.map((section) => this.section(section))}</article>
      <aside class="stack" aria-label=${t("Before you send")}>
        <section class="stack"><h2 class="sec"><span><span class="bignum nums">${number(words)}</span> ${t("words")}</span>${budget ? html`<span class="note">${t("about {n}", { n: number(budget) })}</span>` : nothing}</h2>${budget ? html`<progress class="meter" max=${budget} .value=${Math.min(words, budget)} aria-label=${t("Words so far")}></progress>` : nothing}</section>
        <section><h2 class="sec">${t("Before you send")}<span class="note">${blocking ? tn("{n} left", "{n} left", blocking) : t("nothing is missing")}</span></h2><ul class="missing">${gaps(memo).map((each) => html`<li><a href=${`#${anchor(each.place)}`}>${icon(pictureOf(each.kind))}<span class="grow">${this.gap(each)}</span></a></li>`)}</ul></section>
        <section class="stack"><h2 class="sec">${t("Counted for you")}</h2><dl class="counts">${this.counted(memo).map(([label, n]) => html`<div><dt>${label}</dt><dd class="nums">${number(n)}</dd></div>`)}</dl></section>
        ${
          send && !blocking
            ? html`<tl-offer .stage=${this.stage} .offer=${send} .look=${"main big"}></tl-offer>`
            : html`<p class="note">${blocking ? t("It can be sent to everyone when nothing is missing above.") : t("Export it, or send it from the panel.")}</p>`
        }
      </aside></div>`;
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

  private gap(each: Missing): string {
    const n = each.count ?? 1;
    const where = each.heading ?? "";
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
        return t("The memo is longer than people will read.");
      case "prose_holds_words":
        return t("“{section}” repeats words that were not released.", { section: where });
      default:
        return where
          ? t("“{section}” waits for a few sentences of yours.", { section: where })
          : tn(
              "{n} part waits for a few sentences of yours.",
              "{n} parts wait for a few sentences of yours.",
              n,
            );
    }
  }

  private section(section: Section): TemplateResult {
    // A place to write belongs to the heading it stands under: a story, else the section.
    let place = section.id;
    return html`<section class="stack" id=${anchor(section.id)}><h2>${section.heading}</h2>${section.blocks.map(
      (block) => {
        if (block.type === "heading" && block.id) place = block.id;
        const open = block.type === "notice" && block.kind === "placeholder";
        return html`${this.block(block)}${open ? this.writing(place) : nothing}`;
      },
    )}</section>`;
  }

  private writing(place: string): TemplateResult {
    const key = `prose ${place}`;
    return this.editing === key
      ? this.editor(key, t("Write this part"), (text) =>
          this.stage.say({ type: "memo.prose", section: place, text }),
        )
      : html`<button class="btn small" type="button" @click=${() => this.edit(key, "")}>${icon("pencil")}${t("Write this part")}</button>`;
  }

  private edit(key: string, text: string): void {
    this.editing = key;
    this.text = text;
    void this.updateComplete.then(() => this.querySelector<HTMLElement>("textarea")?.focus());
  }

  private editor(key: string, label: string, send: (text: string) => void): TemplateResult {
    const id = key.replace(/\W+/g, "-");
    return html`<form class="field" @submit=${(event: Event) => {
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
        return html`<h3 dir="auto" id=${block.id ? anchor(block.id) : nothing}>${block.line.text}${block.line.note ? html` <span class="note">${block.line.note}</span>` : nothing}</h3>`;
      case "paragraph":
        return html`<p class=${block.quiet ? "note" : ""} dir="auto" lang=${block.line.language || nothing}>${block.line.text}</p>`;
      case "bullets":
        return html`<ul>${block.items.map((line) => html`<li dir="auto" lang=${line.language || nothing}>${line.text}${line.note ? html` <span class="note">${line.note}</span>` : nothing}</li>`)}</ul>`;
      case "quote":
        return html`<blockquote dir="auto" lang=${block.line.language || nothing}>“${block.line.text}”<footer>${block.translation ? html`${block.translation} ` : nothing}<b>${block.attribution}</b></footer></blockquote>`;
      case "table":
        return html`<table><thead><tr>${block.headers.map((head, n) => html`<th scope="col" class=${block.numeric?.includes(n) ? "n" : ""}>${head}</th>`)}</tr></thead><tbody>${block.rows.map((row) => html`<tr>${row.map((line, n) => html`<td dir="auto" class=${block.numeric?.includes(n) ? "n" : ""}>${line.text}</td>`)}</tr>`)}</tbody></table>`;
      case "notice":
        return html`<p class="note">${block.line.text}</p>`;
      case "ask": {
        const key = `question ${block.theme}`;
        return html`<section class="asking stack"><div class="row between"><h3>${block.label}</h3>${block.state === "suggested" ? html`<span class="note">${block.state_label || t("still the suggested wording")}</span>` : nothing}</div>${
          this.editing === key
            ? this.editor(key, t("The question"), (text) =>
                this.stage.say({ type: "memo.question", theme: block.theme, text }),
              )
            : html`<p class="q" dir="auto">${block.line.text}</p><div class="row"><button class="btn small" type="button" @click=${() => this.edit(key, block.line.text)}>${t("Edit the question")}</button>${block.state === "suggested" ? html`<button class="btn small" type="button" @click=${() => this.stage.say({ type: "memo.question", theme: block.theme })}>${t("Keep as it is")}</button>` : nothing}</div>`
        }</section>`;
      }
    }
  }
}

/** An address inside the page for a section, a story, a theme. */
function anchor(place: string): string {
  return `s-${place.replace(/\W+/g, "-")}`;
}

/** More gaps of one kind than this are told in one row. */
const ROWS = 3;

/** What is missing, with names, and many of a kind in one row. */
function gaps(memo: MemoTree): Missing[] {
  const names = new Map<string, string>();
  for (const section of memo.sections) {
    names.set(section.id, section.heading);
    for (const block of section.blocks)
      if (block.type === "heading" && block.id) names.set(block.id, block.line.text);
  }
  const kinds = new Map<string, Missing[]>();
  for (const each of memo.missing ?? []) {
    const named = { ...each, heading: each.heading || names.get(each.place) };
    kinds.set(each.kind, [...(kinds.get(each.kind) ?? []), named]);
  }
  return [...kinds.values()].flatMap((group) => {
    const first = group[0];
    const count = group.reduce((sum, each) => sum + (each.count ?? 1), 0);
    return group.length > ROWS && first ? [{ ...first, heading: "", count }] : group;
  });
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

define("tl-offer", OfferButton);
define("tl-memo", MemoPage);
void enter(openStage("panel"), readBoot().room, "tl-memo");
