// What the board asks before it does something: a name for a theme or section, or whether to go on.
import { html, nothing, type TemplateResult } from "lit";
import { number, t, tn } from "../i18n";
import { UNDO_MS } from "../wire";
import type { Column } from "./lists";
import type { BoardPlace } from "./place";
import { taken } from "./steps";

/** A question of the board. */
export interface Ask {
  title: string;
  hint: string;
  /** Its box; null: only yes or no. */
  label: string | null;
  value: string;
  button: string;
  run(text: string): void;
}

/** A theme of these cards. */
export function nameTheme(place: BoardPlace, cards: readonly string[]): Ask {
  const { stage, board } = place;
  const n = cards.length;
  return {
    title: n ? tn("A theme from {n} note", "A theme from {n} notes", n) : t("A new theme"),
    hint: t("A few words that gather notes. In the memo a theme stands when two people carry it."),
    label: t("What shall it be called?"),
    value: "",
    button: t("Make this theme"),
    run: (text) => {
      const label = t("The theme {theme} is made.", { theme: text });
      board.steps.took(stage.say({ type: "theme.add", text, cards }), { label, back: taken });
      board.announce(label);
      place.choosingFrom(null);
    },
  };
}

/** The chosen cards of a theme under one of their own. */
export function split(place: BoardPlace, theme: string, heading: string): Ask {
  const { stage, board } = place;
  const cards = place.picked.filter((id) => place.lists.columnOf(id) === theme);
  return {
    title: t("Take {n} out of {theme}", { n: number(cards.length), theme: heading }),
    hint: t("They stand under a theme of their own then, right behind this one."),
    label: t("What shall it be called?"),
    value: "",
    button: t("Make this theme"),
    run: (text) => {
      board.steps.took(stage.say({ type: "theme.split", theme, cards, text }), {
        label: t("The theme {theme} is made.", { theme: text }),
        back: taken,
      });
      place.choosingFrom(null);
    },
  };
}

export function nameSection(place: BoardPlace): Ask {
  return {
    title: t("A new section"),
    hint: t("A heading under which notes are written, beside the themes."),
    label: t("What shall it be called?"),
    value: "",
    button: t("Make this section"),
    run: (title) => place.stage.say({ type: "section.add", title }),
  };
}

export function rename(place: BoardPlace, { kind, key, title }: Column): Ask {
  const command = (text: string) =>
    kind === "theme"
      ? { type: "theme.rename", theme: key, text }
      : { type: "section.rename", section: key, title: text };
  return {
    title: t("Another name for it"),
    hint: "",
    label: t("What shall it be called?"),
    value: title,
    button: t("Rename it"),
    run: (text) => {
      if (text === title) return;
      place.board.steps.took(place.stage.say(command(text)), {
        label: t("Renamed {heading}", { heading: title }),
        back: (since) => ({ ...command(title), since }),
      });
    },
  };
}

export function merge(place: BoardPlace, theme: string, heading: string, into: Column): Ask {
  return {
    title: t("Put {theme} into {other}?", { theme: heading, other: into.title }),
    hint: t("All its notes stand under {other} then, and {theme} is no more.", {
      theme: heading,
      other: into.title,
    }),
    label: null,
    value: "",
    button: t("Yes, make them one"),
    run: () =>
      place.board.steps.took(place.stage.say({ type: "theme.merge", theme, into: into.key }), {
        label: t("Put {theme} into {other}", { theme: heading, other: into.title }),
        back: taken,
        until: Date.now() + UNDO_MS,
      }),
  };
}

/** The question, as a sheet over the board. */
export function drawAsk(ask: Ask, close: () => void): TemplateResult {
  const send = (event: Event) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const text = form.querySelector<HTMLInputElement>("#ask-box")?.value.trim() ?? "";
    if (ask.label && !text) return;
    close();
    ask.run(text);
  };
  return html`<dialog class="sheet-over" aria-labelledby="ask-h" @close=${close}><form class="sheet stack" @submit=${send}><h2 class="head" id="ask-h">${ask.title}</h2>${ask.hint ? html`<p class="quiet">${ask.hint}</p>` : nothing}${ask.label ? html`<div class="field"><label for="ask-box">${ask.label}</label><input class="inp" id="ask-box" dir="auto" autocomplete="off" maxlength="120" .value=${ask.value}></div>` : nothing}<div class="pair"><button class="btn main">${ask.button}</button><button class="btn" type="button" @click=${close}>${t("Leave it as it is")}</button></div></form></dialog>`;
}
