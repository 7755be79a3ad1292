// A card in another language: what says so beside it, and the box in which somebody puts it so.
import { html, nothing, type TemplateResult } from "lit";
import { comma, language, runs, t, tp, woven } from "../i18n";
import { icon } from "../part";
import { base, inLanguage, mark, type Rendering } from "../renderings";
import type { Facts } from "../shelf";
import type { Stage } from "../stage";
import { RENDERING_LIMIT } from "../wire";
import { tongue } from "./card";

/** The translation this reader sees in place of the original. Whoever wrote a note sees what they
 *  wrote, and a wall, before which people of many languages sit, what was written. */
export function forReader(stage: Stage, card: Facts, own: boolean): Rendering | undefined {
  return own || stage.lens === "screen" ? undefined : inLanguage(card.renderings, language());
}

/** "Translated from Español by Amina". */
function source(stage: Stage, card: Facts, one: Rendering): unknown {
  const name = html`<bdi>${stage.name(one.by) || t("Somebody")}</bdi>`;
  if (!card.language || base(card.language) === base(one.language))
    return woven(t("Translated by {name}"), { name });
  const from = named(stage, card.language);
  return woven(t("Translated from {language} by {name}"), { name, language: from });
}

/** A language by its own name, as the choosers have it. */
function called(stage: Stage, code: string): string {
  return stage.boot.languages.find((each) => each.code === code)?.name ?? tongue(code);
}

function named(stage: Stage, code: string): TemplateResult {
  return html`<bdi lang=${code}>${called(stage, code)}</bdi>`;
}

/** What stands under the words of a card that was put into other languages. `shown`: the one that
 *  stands there now; `mine`: the one for this reader. */
export function beside(
  stage: Stage,
  card: Facts,
  mine: Rendering | undefined,
  shown: Rendering | undefined,
  turn: () => void,
): TemplateResult | typeof nothing {
  if (!card.renderings.length) return nothing;
  if (!mine) {
    const codes = card.renderings.map(
      (one, n) => html`${n ? comma() : nothing}${named(stage, one.language)}`,
    );
    return html`<p class="rendered">${icon("globe")}<span>${woven(t("Also in {languages}"), { languages: codes })}</span></p>`;
  }
  const old = shown && shown.of !== mark(card.text);
  return html`<div class="rendered ${shown ? "" : "turned"}">${icon("globe")}${shown ? html`<span>${source(stage, card, shown)}${old ? html` <span class="old">${t("The original was changed since.")}</span>` : nothing}</span>` : nothing}<button class="btn small bare turn" type="button" @click=${turn}>${shown ? t("Show the original") : t("Show the translation")}</button></div>`;
}

/** In which language a note was written, for its author to say: a screen may be in another one. */
export function spoken(
  stage: Stage,
  card: Facts,
  say: (code: string) => void,
): TemplateResult | typeof nothing {
  const { languages } = stage.boot;
  if (languages.length < 2) return nothing;
  const known = languages.some((each) => each.code === card.language);
  return html`<select class="inp spoken" aria-label=${t("Language")} @change=${(event: Event) => say((event.target as HTMLSelectElement).value)}>${known ? nothing : html`<option value=${card.language} selected>${card.language ? tongue(card.language) : ""}</option>`}${languages.map((each) => html`<option value=${each.code} lang=${each.code} ?selected=${each.code === card.language}>${each.name}</option>`)}</select>`;
}

/** Whether somebody may put this card into another language here. Where there is little room, only
 *  where one was missed, or is there already. */
export function renderable(stage: Stage, card: Facts, roomy: boolean): boolean {
  if (card.kind === "theme" || stage.lens === "screen" || stage.view?.room.frozen) return false;
  if (stage.person(stage.seat)?.role === "observer") return false;
  const foreign = !!card.language && base(card.language) !== base(language());
  return roomy || foreign || card.renderings.length > 0;
}

/** The language to begin with: one's own, or for a note in one's own language the first that is
 *  still missing. */
export function firstChoice(stage: Stage, card: Facts): string {
  const codes = stage.boot.languages.map((each) => each.code);
  const written = base(card.language);
  const own = codes.find((code) => base(code) === base(language()));
  if (own && base(own) !== written) return own;
  const missing = codes.find(
    (code) => base(code) !== written && !inLanguage(card.renderings, code),
  );
  return missing ?? own ?? codes[0] ?? language();
}

/** The draft of what a card says in a language. */
function boxOf(card: Facts, into: string): string {
  return `room/${`put-${into}-${card.id}`.slice(0, 60)}`;
}

/** The box, under the original. `into`: the language; `pick` takes another one; `done` closes. */
export function putting(
  stage: Stage,
  card: Facts,
  into: string,
  pick: (code: string) => void,
  done: () => void,
): TemplateResult {
  const there = card.renderings.find((one) => one.language === into);
  const may = !there || stage.facilitator || stage.own(there.by) || stage.own(stage.author(card));
  const box = boxOf(card, into);
  const close = () => {
    // What was only opened is no draft.
    if (stage.drafts.peek(stage.seat, box).trim() === (there?.text ?? ""))
      stage.drafts.sent(stage.seat, box);
    done();
  };
  const send = (event: Event) => {
    event.preventDefault();
    const text = stage.drafts.peek(stage.seat, box).trim();
    if (!text) {
      (event.currentTarget as HTMLElement).querySelector<HTMLElement>("textarea")?.focus();
      return;
    }
    if (text === there?.text && there.of === mark(card.text)) return close();
    const command = { type: "note.render", card: card.id, language: into, text };
    stage.say({ ...command, of: mark(card.text) }, [box], `render ${card.id}`);
    done();
  };
  const key = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey))
      (event.currentTarget as HTMLFormElement).requestSubmit();
    else if (event.key === "Escape") close();
    else return;
    event.stopPropagation();
  };
  const away = () => {
    stage.say({ type: "note.unrender", card: card.id, language: into });
    stage.drafts.sent(stage.seat, box);
    done();
  };
  const id = `into-${card.id}`;
  return html`<form class="editing putting" aria-label=${t("Put this note in another language")} @submit=${send} @keydown=${key}>
    <div class="field"><label for=${id}>${t("Language")}</label><select class="inp" id=${id} @change=${(event: Event) => pick((event.target as HTMLSelectElement).value)}>${stage.boot.languages.map((each) => html`<option value=${each.code} lang=${each.code} ?selected=${each.code === into}>${each.name}</option>`)}</select></div>
    ${
      may
        ? html`<tl-box lang=${into} dir=${runs(into)} .stage=${stage} .seat=${stage.seat} .name=${box} .start=${there?.text ?? ""} .label=${called(stage, into)} .hint=${null} .limit=${RENDERING_LIMIT} .lines=${2} .need=${""}></tl-box>`
        : html`<p class="there" lang=${into} dir=${runs(into)}>${there?.text}</p>${there ? html`<p class="note">${source(stage, card, there)}</p>` : nothing}`
    }
    <div class="row">${may ? html`<button class="btn small main">${there ? tp("a button", "Done") : t("Add it")}</button>` : nothing}<button class="btn small" type="button" @click=${close}>${t("Leave it as it is")}</button>${there && may ? html`<button class="btn small bare" type="button" @click=${away}>${icon("cross")}${t("Take this translation away")}</button>` : nothing}</div></form>`;
}
