// Back to an earlier step: one theme or section at a time, with what it does said before it is done.
import { html, nothing, type TemplateResult } from "lit";
import { hour, t, tn } from "../i18n";
import type { Stage } from "../stage";
import type { Checkpoint } from "../wire";
import type { BoardPlace } from "./place";

/** What the server answered, and what is chosen so far. */
export interface Checkpoints {
  list: (Omit<Checkpoint, "label"> & { label: string })[];
  failed: boolean;
}

interface Restore {
  restore: Record<string, unknown>;
  undo: (since: number) => Record<string, unknown>;
}

/** The places of the log this board can be put back to, newest first. */
export async function fetchCheckpoints(stage: Stage): Promise<Checkpoints> {
  try {
    const answer = await fetch(`/api/rooms/${stage.boot.room}/board?seat=${stage.seat}`);
    if (!answer.ok) return { list: [], failed: true };
    const { checkpoints } = (await answer.json()) as { checkpoints: Checkpoints["list"] };
    return { list: checkpoints, failed: false };
  } catch {
    return { list: [], failed: true };
  }
}

/** The inside of the dialog: which step, which part, and what will happen. */
export function drawCheckpoints(
  points: Checkpoints,
  place: BoardPlace | undefined,
  run: (command: Restore, label: string) => void,
  close: () => void,
): TemplateResult {
  const columns = place?.columns() ?? [];
  const send = (event: Event) => {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const at = Number(data.get("at"));
    const key = String(data.get("part") ?? "");
    const theme = place?.shelf.get(key)?.kind === "theme";
    const part = theme ? { theme: key } : { section: key };
    const name = place?.called(key) ?? "";
    run(
      {
        restore: { type: "board.restore", at, ...part },
        undo: (since) => ({ type: "board.restore", at: since - 1, ...part }),
      },
      t("Put {place} back to an earlier step", { place: name }),
    );
  };
  const none = points.failed
    ? t("The earlier steps could not be fetched. Try again when there is a line.")
    : t("There is no earlier step yet. One is kept whenever an activity or a step begins.");
  return html`<form class="stack" @submit=${send}><h2 class="head" id="ask-h">${t("Back to an earlier step")}</h2>
    ${
      points.list.length
        ? html`<div class="field"><label for="part">${t("Which part of the board?")}</label><select class="inp" id="part" name="part">${columns.map((column) => html`<option value=${column.key}>${column.key ? column.title : t("Not placed")}</option>`)}</select></div>
    <fieldset class="opts"><legend>${t("As it stood when this began")}</legend>${points.list.map(
      (point, n) =>
        html`<label class="opt"><input type="radio" name="at" value=${point.at} ?checked=${n === 0}><span><bdi>${point.label}</bdi><small class="nums">${hour(point.time)} · ${tn("{n} note", "{n} notes", point.cards)}</small></span></label>`,
    )}</fieldset>
    <p class="quiet">${t("Its notes go back to where they stood then. Nothing is deleted: notes that came later stay, behind the others, and what somebody took away stays away. You can undo it.")}</p>`
        : html`<p class="quiet">${none}</p>`
    }
    <div class="pair">${points.list.length ? html`<button class="btn main">${t("Put them back")}</button>` : nothing}<button class="btn" type="button" @click=${close}>${t("Leave it as it is")}</button></div></form>`;
}
