// One device, several people: adding a person, the code that takes a seat along, lost tables.
import { html, nothing, type TemplateResult } from "lit";
import { serverNow } from "./clock";
import { StagePart } from "./frame";
import { t } from "./i18n";
import { define, icon } from "./part";
import type { Stage } from "./stage";

/** People of one device, its first included (`rooms/seats.py`). */
const MOST = 9;

/** The code on the screen of somebody who takes their seat to another phone. */
export function moving(stage: Stage): TemplateResult | typeof nothing {
  const own = stage.device?.seats.find((each) => each.seat === stage.seat);
  if (!own?.code || (own.code_ends ?? 0) < serverNow()) return nothing;
  const picture = `/r/${stage.boot.room}/move.svg?as=${own.seat}&for=${own.code}`;
  const stay = stage.offers.find((offer) => offer.type === "seat.stay");
  return html`<section class="movecode card stack" aria-label=${t("Taking the seat to another phone")}>
    <p>${t("On the other phone: scan this, or open {address} and type the code.", { address: `\u2066${location.host}/j\u2069` })}</p>
    <p class="code" dir="ltr">${own.code}</p>
    <img src=${picture} alt=${t("The code as a picture for a camera")} width="200" height="200">
    <p class="note">${t("It works once, for ten minutes. Everything of yours comes along; this device lets go.")}</p>
    ${stay ? html`<tl-offer .stage=${stage} .offer=${stay} .look=${""}></tl-offer>` : nothing}
  </section>`;
}

/** A table whose device is lost: facilitators read the code out to somebody in the hall. */
export function lostTables(stage: Stage): TemplateResult[] {
  const tables = stage.view?.room.tables ?? [];
  return tables
    .filter((table) => table.code)
    .map((table) => {
      const name = `\u2068${table.name}\u2069`;
      const wait = table.adopt_from > serverNow();
      return html`<p class="sig lost">${icon("device")}<span class="grow">${t("The device of {name}'s table is lost. Somebody in the hall takes its people over with this code:", { name })} <b class="code" dir="ltr">${table.code}</b>${wait ? html` <span class="note">${t("It works a minute after the device was lost.")}</span>` : nothing}</span></p>`;
    });
}

/** On the panel: people for whom this facilitator presses the buttons, and one more. */
export function carriedHere(stage: Stage): TemplateResult {
  const others = stage.boot.seats.filter((each) => each.seat !== stage.seat);
  return html`${others.map(
    (each) =>
      html`<a class="btn small" href=${stage.path("", each.seat)}>${icon("call")}<span>${t("Speak for {name}", { name: `\u2068${stage.name(each.seat)}\u2069` })}</span></a>`,
  )}<tl-add-person .stage=${stage} .look=${"btn bare"}></tl-add-person>`;
}

/** A box for the name of one more person on this device. */
export class AddPerson extends StagePart {
  static override properties = {
    ...StagePart.properties,
    open: { state: true },
    busy: { state: true },
    said: { state: true },
    look: {},
  };
  declare open: boolean;
  declare busy: boolean;
  declare said: string;
  /** Class of the button that opens it. */
  declare look: string;

  private async add(form: HTMLFormElement): Promise<void> {
    const { stage } = this;
    const given = new FormData(form);
    const name = String(given.get("name") ?? "").trim();
    if (!name || this.busy) return;
    this.busy = true;
    this.said = "";
    const phone = given.get("phone") === "on";
    const carrier = stage.boot.seats[0]?.seat ?? stage.seat;
    try {
      const answer = await fetch(`/api/rooms/${stage.boot.room}/seats`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          name,
          carried_by: carrier,
          language: stage.boot.catalogue.language,
          ...(phone ? { where: "phone" } : {}),
        }),
      });
      if (answer.ok) {
        this.open = false;
        form.reset();
      } else {
        const told = (await answer.json().catch(() => null)) as {
          error?: { message?: string };
        } | null;
        this.said = told?.error?.message ?? t("That is not possible now. Nothing was lost.");
      }
    } catch {
      this.said = t("There is no line at the moment. Try again.");
    }
    this.busy = false;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { stage } = this;
    if (!stage || stage.boot.seats.length >= MOST) return nothing;
    const label = stage.facilitator ? t("Add a person") : t("Add a person to this device");
    return html`<button class=${this.look ?? ""} type="button" aria-expanded=${this.open ? "true" : "false"} @click=${() => {
      this.open = !this.open;
      if (this.open)
        void this.updateComplete.then(() => this.querySelector<HTMLElement>("input")?.focus());
    }}>${icon("plus")}<span>${label}</span></button>
    ${
      this.open
        ? html`<form class="ask stack" @submit=${(event: Event) => {
            event.preventDefault();
            void this.add(event.target as HTMLFormElement);
          }} @keydown=${(event: KeyboardEvent) => {
            if (event.key === "Escape") this.open = false;
          }}>
      <label class="field"><span>${t("Name of the next person")}</span><input class="inp" name="name" required maxlength="60" dir="auto" autocomplete="off"></label>
      ${stage.facilitator ? html`<label class="check"><input type="checkbox" name="phone"><span>${t("On the phone: I press the buttons for them")}</span></label>` : nothing}
      <p class="note">${t("Each person gets an own turn, own vote and own yes.")}</p>
      ${this.said ? html`<p class="wrong" role="alert">${this.said}</p>` : nothing}
      <div class="pair"><button class="btn main" aria-busy=${this.busy ? "true" : "false"}>${t("Come in")}</button><button class="btn" type="button" @click=${() => {
        this.open = false;
      }}>${t("Not now")}</button></div></form>`
        : nothing
    }`;
  }
}

define("tl-add-person", AddPerson);
