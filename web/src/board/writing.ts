// Adding a note: what may be written here, and the box for it.
import { html, nothing, type TemplateResult } from "lit";
import { sees } from "../blocks/block";
import { kindWord } from "../blocks/card";
import { t } from "../i18n";
import { icon } from "../part";
import type { Stage } from "../stage";
import { BY_HAND, NOTE_LIMIT } from "../wire";
import type { PhotoBox } from "./photo";
import type { BoardPlace } from "./place";

/** More kinds than this are chosen from a list. */
const CHIPS = 4;

export interface Writing {
  /** Kinds of notes that may be written here now; none: nothing may. */
  kinds: readonly string[];
  form(close: () => void, say: (text: string) => void): TemplateResult;
}

/** What this seat may write into this place just now. */
export function writing(stage: Stage, place: BoardPlace): Writing {
  const block = stage.view?.blocks.find(
    (each) => each.type === "cards" && each.add && each.document === place.name,
  );
  const given = block?.type === "cards" ? block : undefined;
  const kinds = given?.kinds ?? (place.arranges ? BY_HAND : []);
  const section = given?.section ?? "";
  const box = `room/board-${place.name.replace(/\W+/g, "-")}`;
  const key = `add ${place.name}`;
  const send = async (event: Event, say: (text: string) => void) => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const written = stage.drafts.peek(stage.seat, box).trim();
    const area = form.querySelector<HTMLElement>("textarea");
    area?.focus();
    const photo = form.querySelector<PhotoBox>("tl-photo-box");
    const shown = photo?.holds ? await photo.send() : undefined;
    // A picture may stand without a note: then what is on it is the note.
    const text = written || shown?.alt;
    if (!text || (photo?.holds && !shown)) return;
    const kind = String(new FormData(form).get("kind") ?? kinds[0] ?? "insight");
    stage.say(
      { type: "note.add", document: place.name, section, kind, text, theme: "", ...shown },
      [box],
      key,
    );
    photo?.drop?.();
    say(t("The note is added. You can write another one."));
  };
  return {
    kinds: stage.view?.room.frozen ? [] : kinds,
    form: (close, say) => {
      const busy = stage.commands.busy(key);
      return html`<form class="writing stack" @submit=${(event: Event) => void send(event, say)} @keydown=${(
        event: KeyboardEvent,
      ) => {
        if (event.key === "Escape") close();
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey))
          (event.currentTarget as HTMLFormElement).requestSubmit();
      }}><div>${sees(place.sees)}</div>${choice(kinds)}<tl-box .stage=${stage} .seat=${stage.seat} .name=${box} .label=${t("Your note")} .hint=${null} .limit=${NOTE_LIMIT} .lines=${2} .need=${""}></tl-box><tl-photo-box .stage=${stage}></tl-photo-box><label class="btn small bare file">${icon("plus")}${t("Add a picture")}<input type="file" accept="image/*" @change=${take}></label><div class="row between"><div class="row"><button class="btn small bare" type="button" @click=${close}>${t("Close")}</button><button class="btn main" aria-busy=${busy ? "true" : "false"}>${icon("plus")}<span>${busy ? t("Adding") : t("Add it")}${busy ? html`<span class="dots"></span>` : nothing}</span></button></div></div></form>`;
    },
  };
}

/** A picture was chosen or taken; what makes it small is fetched only now. */
async function take(event: Event): Promise<void> {
  const input = event.target as HTMLInputElement;
  const file = input.files?.[0];
  const box = input.closest("form")?.querySelector<PhotoBox>("tl-photo-box");
  input.value = "";
  if (!file || !box) return;
  await import("./photo");
  await box.take(file);
}

function choice(kinds: readonly string[]): TemplateResult | typeof nothing {
  if (kinds.length < 2) return nothing;
  if (kinds.length > CHIPS)
    return html`<div class="field kindof"><label for="kind">${t("Kind of note")}</label><select class="inp" id="kind" name="kind">${kinds.map((kind) => html`<option value=${kind}>${kindWord(kind)}</option>`)}</select></div>`;
  return html`<fieldset><legend class="vh">${t("Kind of note")}</legend><div class="kinds">${kinds.map((kind, n) => html`<label class="opt"><input type="radio" name="kind" value=${kind} ?checked=${n === 0}><span>${kindWord(kind)}</span></label>`)}</div></fieldset>`;
}
