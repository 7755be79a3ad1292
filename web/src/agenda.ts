// The agenda page: what we do together, in order, with times, leads, settings and what to look at.
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { settings, slider, summary, typing } from "./agenda/fields";
import { forget, type Kept, keep, kept, opened, written } from "./agenda/mine";
import { type Patch, Plan } from "./agenda/plan";
import { at, day, local, moment, night, standing, zone } from "./agenda/times";
import type { AgendaBoot, Kind } from "./agenda/types";
import { readBoot } from "./boot";
import { ticker } from "./clock";
import { fixedPlace, StagePart, saved } from "./frame";
import { hour, number, t, tn } from "./i18n";
import { keep as keepPage, stageOf } from "./keeper";
import { enter } from "./mount";
import { define, icon, initials } from "./part";
import type { PlanItem, PlanWarning } from "./wire";

/** Seconds in which an agenda that was replaced can be put back. */
const UNDO = 10;

type Sheet = "" | "gallery" | "plans";

export class AgendaPage extends StagePart {
  static override properties = {
    ...StagePart.properties,
    open: { state: true },
    sheet: { state: true },
    said: { state: true },
    undo: { state: true },
    lifted: { state: true },
    mine: { state: true },
    spoken: { state: true },
    told: { state: true },
  };
  /** The item whose settings are unfolded. */
  declare open: string;
  declare sheet: Sheet;
  /** A sentence about a file, in the fixed place. */
  declare said: string;
  declare undo: { plan: unknown; until: number; what: string } | null;
  /** The item under somebody's finger. */
  declare lifted: string;
  declare mine: Kept[];
  /** For those who hear the page: where an item went. */
  declare spoken: string;
  /** What became of a template or file, said beside their buttons. */
  declare told: string;
  plan!: Plan;
  private behindItem: string | null = null;
  private known = "";
  /** The item as it was when the person put the cursor into one of its boxes. */
  private base: PlanItem | undefined;
  private readonly tick = () => {
    // Minutes change seldom: draw again only when a word does.
    const words = this.timeWords() + (this.undo ? String(this.undoLeft) : "");
    if (this.undo && this.undoLeft <= 0) this.undo = null;
    if (words !== this.known) this.requestUpdate();
    this.known = words;
  };

  private get boot(): AgendaBoot {
    return this.stage.boot as AgendaBoot;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.open ??= "";
    this.mine = kept();
    this.plan ??= new Plan(this.stage, this.boot);
    this.plan.addEventListener("change", () => this.requestUpdate());
    ticker.add(this.tick);
  }

  override disconnectedCallback(): void {
    ticker.remove(this.tick);
    super.disconnectedCallback();
  }

  private kind(item: PlanItem): Kind | undefined {
    return this.boot.kinds.find((kind) => kind.kind === item.kind);
  }

  private get begun(): boolean {
    return this.plan.now.items.some((item) => item.state === "now" || item.state === "done");
  }

  private timeWords(): string {
    return standing(this.plan.now.times, this.begun);
  }

  protected override render(): TemplateResult {
    const { stage } = this;
    const title = stage.view?.room.title ?? stage.boot.title ?? "";
    document.title = `${t("Agenda")} · ${title} · Talanoa`;
    return html`<div class="agendapage">${this.top(title)}
      <div class="mat"></div>
      <div class="wide ag">
        <div class="main stack">${
          this.said
            ? html`<p class="refused" role="alert"><span>${this.said}</span><button class="btn small" type="button" @click=${() => {
                this.said = "";
              }}>${t("All right")}</button></p>`
            : nothing
        }${fixedPlace(stage)}${this.head()}${this.list()}${this.foot()}</div>
        <aside class="side stack" aria-label=${t("The whole agenda")}>${this.whole()}${this.lookAt()}${this.plans()}</aside>
      </div>${this.gallery()}<p class="vh" role="status">${this.spoken ?? ""}</p></div>`;
  }

  private top(title: string): TemplateResult {
    const { stage } = this;
    const state = stage.kept
      ? saved(stage)
      : !stage.connection.connected
        ? html`<b>${t("finding the line again")}</b>`
        : stage.unsaved.count
          ? html`<span>${t("saving")}</span>`
          : html`<span class="okc">${t("saved")}</span>`;
    return html`<header class="top wide"><a class="brand" href="/" aria-label="Talanoa">${icon("talanoa")}<span class="wideonly">Talanoa</span></a><div class="place"><b dir="auto">${title}</b> <span class="note lineword">${state}</span></div><nav class="end row" aria-label=${t("Panel")}><a class="btn small" href=${`/r/${stage.boot.room}/panel`}>${icon("arrow", "back")}${t("Panel")}</a></nav></header>`;
  }

  private head(): TemplateResult {
    const { times, items } = this.plan.now;
    const span =
      times.starts && times.ends
        ? t("{start} to {end}, {zone} time", {
            start: hour(times.starts),
            end: hour(times.ends),
            zone: zone(),
          })
        : t("Times count from the start until you say when that is.");
    const words = this.timeWords();
    return html`<section class="stack lead"><h1 class="head">${t("What we do together")}</h1>
      <p class="sum"><b class="nums">${tn("{n} minute", "{n} minutes", times.total)}</b> · ${tn("{n} activity", "{n} activities", items.length)}${times.starts ? html` · ${day(times.starts)}` : nothing}</p>
      <p class="note nums">${span}</p>${words ? html`<p class="tag ${words === "" ? "" : "sand"} nums">${icon("later")}${words}</p>` : nothing}${this.ribbon(items)}</section>`;
  }

  /** All minutes side by side, to see the proportions. */
  private ribbon(items: PlanItem[]): TemplateResult | typeof nothing {
    if (items.length < 2) return nothing;
    return html`<div class="ribbon" aria-hidden="true">${this.plan.items
      .filter((item) => item.state !== "skipped")
      .map((item) => {
        const rest = this.kind(item)?.does.includes("rest");
        return html`<i class="${rest ? "rest" : ""} ${item.state === "now" ? "cur" : ""} ${item.state === "done" ? "done" : ""} ${item.id === this.open ? "open" : ""}" .style=${`--m:${item.minutes}`}></i>`;
      })}</div>`;
  }

  // The list

  private list(): TemplateResult {
    const items = this.plan.items;
    if (!items.length)
      return html`<div class="empty stack"><p class="say">${t("Nothing is planned yet.")}</p><p class="quiet">${t("Begin with a template, or add one activity after the other.")}</p><div class="opts">${this.boot.templates
        .filter((each) => each.items.length)
        .map(
          (each) =>
            html`<button class="btn choice" type="button" @click=${() => void this.use(each.name, each.title)}><span><b>${each.title}</b><small>${each.summary} ${tn("{n} minute", "{n} minutes", each.minutes)}.</small></span></button>`,
        )}</div></div>`;
    return html`<ol class="plan" @keydown=${(event: KeyboardEvent) => this.keys(event)}>${repeat(
      items,
      (item) => item.id,
      (item, n) => this.row(this.plan.shown(item), n, items),
    )}</ol>`;
  }

  private row(item: PlanItem, n: number, items: PlanItem[]): TemplateResult {
    const kind = this.kind(item);
    const open = this.open === item.id;
    const fixed = item.state !== "to come";
    const told = summary(item, kind);
    const look = this.plan.now.warnings.filter((each) => each.item === item.id);
    const rest = kind?.does.includes("rest");
    return html`<li class="item ${item.state.replace(" ", "")} ${open ? "open" : ""} ${rest ? "rest" : ""} ${this.lifted === item.id ? "lifted" : ""}" data-id=${item.id}>
      <span class="when nums">${at(item.starts, item.offset)}</span>
      <div class="body">
        <div class="line">${
          fixed
            ? html`<div class="rowhead">${this.rowhead(item, told)}</div>`
            : html`<button class="rowhead" type="button" id=${`h-${item.id}`} aria-expanded=${open ? "true" : "false"} aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown" @click=${() => {
                this.open = open ? "" : item.id;
              }}>${this.rowhead(item, told)}</button>`
        }${
          fixed
            ? html`<span class="tag ${item.state === "now" ? "leaf" : ""}">${item.state === "now" ? t("now") : item.state === "done" ? t("done") : t("left out")}</span>`
            : html`<span class="grip" aria-hidden="true" @pointerdown=${(event: PointerEvent) => this.lift(event, item.id)}>${icon("grip")}</span>`
        }</div>
        ${look.map((each) => this.warning(each))}${this.contest(item)}${open && !fixed ? this.editor(item, kind, n, items) : nothing}
      </div></li>`;
  }

  private rowhead(item: PlanItem, told: string[]): TemplateResult {
    const name = this.leader(item);
    return html`<span class="grow"><span class="what" dir="auto">${item.title}</span>${
      told.length || item.rest
        ? html`<span class="note told" dir="auto">${[...told, ...(item.rest ? [t("{n} min break inside", { n: number(item.rest) })] : [])].join(" · ")}</span>`
        : nothing
    }${name ? html`<span class="note who"><span class="av tiny" aria-hidden="true">${item.leader ? initials(name) : letter(item.lead)}</span><bdi>${name}</bdi></span>` : nothing}</span><span class="mins nums">${t("{n} min", { n: number(item.minutes) })}</span>`;
  }

  private leader(item: PlanItem): string {
    if (item.lead && this.stage.person(item.lead)) return this.stage.name(item.lead);
    return item.leader ?? roleName(item.lead);
  }

  private warning(each: PlanWarning): TemplateResult {
    const { mend } = each;
    return html`<p class="look ${each.strong ? "strong" : ""}">${icon("bell")}<span class="grow">${each.text}</span>${
      mend
        ? html`<button class="btn small mend" type="button" @click=${() => this.plan.send(mend.command)}>${mend.label}</button>`
        : nothing
    }</p>`;
  }

  /** Somebody else changed the same thing at the same time: both wishes are told. */
  private contest(item: PlanItem): TemplateResult | typeof nothing {
    if (!this.plan.contested.has(item.id)) return nothing;
    return html`<p class="look">${icon("people")}<span class="grow">${t("Somebody changed this at the same moment. Above is theirs; yours is kept.")}</span><button class="btn small" type="button" @click=${() => this.plan.settle(item.id, true)}>${t("Use mine")}</button><button class="btn small" type="button" @click=${() => this.plan.settle(item.id, false)}>${t("Leave theirs")}</button></p>`;
  }

  // One item, unfolded

  private editor(
    item: PlanItem,
    kind: Kind | undefined,
    n: number,
    items: PlanItem[],
  ): TemplateResult {
    const change = (patch: Patch) => {
      const base = this.base?.id === item.id ? this.base : undefined;
      this.base = undefined;
      this.plan.edit(item.id, patch, base);
    };
    const low = kind?.timed ? kind.low : 1;
    const high = Math.max(kind?.high ?? 60, item.minutes);
    const text = (event: Event) => (event.target as HTMLInputElement).value.trim();
    const begin = () => {
      this.base = this.plan.item(item.id);
    };
    return html`<div class="edit stack" @focusin=${begin}>
      ${item.about ? html`<p class="quiet">${item.about}</p>` : nothing}
      <div class="settings">
        ${slider(
          {
            id: `${item.id}-minutes`,
            label: t("How long"),
            value: item.minutes,
            low,
            high,
            step: high > 60 ? 5 : 1,
            say: (minutes) => tn("{n} minute", "{n} minutes", minutes),
            hint: "",
          },
          (minutes) => change({ minutes }),
        )}
        <div class="set field"><label for=${`${item.id}-lead`}>${t("Who leads")}</label><select class="inp" id=${`${item.id}-lead`} @change=${(
          event: Event,
        ) =>
          change({
            lead: (event.target as HTMLSelectElement).value,
          })}>${this.leads(item)}</select></div>
        <div class="set field"><label for=${`${item.id}-title`}>${t("Its name")}</label><input class="inp" id=${`${item.id}-title`} dir="auto" maxlength="120" autocomplete="off" placeholder=${item.own ? "" : item.title} .value=${typing(`${item.id}-title`, item.own ?? "")} @change=${(event: Event) => change({ title: text(event) })}></div>
      </div>
      ${kind ? settings(item, kind, change) : nothing}${kind?.rests ? this.rest(item, change) : nothing}
      <div class="set field"><label for=${`${item.id}-notes`}>${t("Notes for whoever leads")}</label><textarea class="inp" id=${`${item.id}-notes`} rows="1" dir="auto" maxlength="1000" .value=${typing(`${item.id}-notes`, item.notes ?? "")} @change=${(event: Event) => change({ notes: text(event) })}></textarea><p class="note">${t("Facilitators only.")}</p></div>
      <div class="acts"><button class="btn small" type="button" data-move="up" aria-disabled=${this.mayUp(items, n) ? "false" : "true"} @click=${() => this.shift(item.id, -1, "up")}>${icon("down", "turned")}${t("Move up")}</button><button class="btn small" type="button" data-move="down" aria-disabled=${n < items.length - 1 ? "false" : "true"} @click=${() => this.shift(item.id, 1, "down")}>${icon("down")}${t("Move down")}</button><button class="btn small" type="button" @click=${() => this.show(item.id)}>${icon("plus")}${t("Add after it")}</button><button class="btn small bare" type="button" @click=${() => this.takeOff(item)}>${icon("cross")}${t("Take off")}</button></div>
    </div>`;
  }

  private leads(item: PlanItem): TemplateResult {
    const people = (this.stage.people?.people ?? []).filter((person) =>
      ["facilitator", "lead", "co", "participant"].includes(person.role),
    );
    const choice = (value: string, label: string) =>
      html`<option value=${value} ?selected=${item.lead === value}>${label}</option>`;
    return html`${choice("", t("Nobody is named yet"))}${people.map((person) => choice(person.seat, person.name))}${["F", "P", "V", "K"].map((role) => choice(role, roleName(role)))}`;
  }

  private rest(item: PlanItem, change: (patch: Patch) => void): TemplateResult {
    const on = item.rest > 0;
    const half = Math.max(1, Math.round((item.minutes * 3) / 4));
    return html`<div class="settings"><div class="set flag" role="group" aria-labelledby=${`${item.id}-rest`}><div class="grow"><span class="lab" id=${`${item.id}-rest`}>${t("A break inside it")}</span><p class="note">${t("Everything pauses, and goes on where it was.")}</p></div><span class="sw">${[
      true,
      false,
    ].map(
      (yes) =>
        html`<label><input type="radio" name=${`${item.id}-rest`} .checked=${on === yes} @change=${() => change(yes ? { rest: Math.min(8, Math.max(1, item.minutes - half)), rest_at: half } : { rest: 0, rest_at: 0 })}>${yes ? t("Yes") : t("No")}</label>`,
    )}</span></div>${
      on
        ? html`${slider(
            {
              id: `${item.id}-rest-m`,
              label: t("Break"),
              value: item.rest,
              low: 1,
              high: Math.max(1, Math.min(30, item.minutes - item.rest_at)),
              step: 1,
              say: (n) => tn("{n} minute", "{n} minutes", n),
              hint: "",
            },
            (rest) => change({ rest }),
          )}${slider(
            {
              id: `${item.id}-rest-at`,
              label: t("The break comes after"),
              value: item.rest_at,
              low: 1,
              high: Math.max(1, item.minutes - item.rest),
              step: 1,
              say: (n) => tn("{n} minute", "{n} minutes", n),
              hint: "",
            },
            (rest_at) => change({ rest_at }),
          )}`
        : nothing
    }</div>`;
  }

  private takeOff(item: PlanItem): void {
    this.open = "";
    this.plan.remove(item);
  }

  // Moving

  private mayUp(items: PlanItem[], n: number): boolean {
    return n > 0 && items[n - 1]?.state !== "now" && items[n - 1]?.state !== "done";
  }

  private shift(id: string, way: number, button: "up" | "down" | "" = ""): void {
    const items = this.plan.items;
    const n = items.findIndex((item) => item.id === id);
    const item = items[n];
    if (item?.state !== "to come") return;
    if (way < 0 && !this.mayUp(items, n)) return;
    if (way > 0 && n >= items.length - 1) return;
    const after = way < 0 ? (items[n - 2]?.id ?? "") : (items[n + 1]?.id ?? "");
    this.plan.move(id, after);
    this.spoken = t("{what} is number {n} of {all} now", {
      what: item.title,
      n: number(n + way + 1),
      all: number(items.length),
    });
    // Where the finger or the key was, it stays.
    void this.updateComplete.then(() => {
      const row = this.querySelector<HTMLElement>(`[data-id="${id}"]`);
      row?.querySelector<HTMLElement>(button ? `[data-move="${button}"]` : ".rowhead")?.focus();
      row?.scrollIntoView({ block: "nearest" });
    });
  }

  private keys(event: KeyboardEvent): void {
    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    const id = (event.target as HTMLElement).closest<HTMLElement>("[data-id]")?.dataset.id;
    if (!id) return;
    event.preventDefault();
    this.shift(id, event.key === "ArrowUp" ? -1 : 1);
  }

  /** Drag by the grip: the list makes room while the finger moves, the place is sent at the end. */
  private lift(event: PointerEvent, id: string): void {
    if (event.button) return;
    event.preventDefault();
    const grip = event.currentTarget as HTMLElement;
    const rows = () => [...this.querySelectorAll<HTMLElement>(".item")];
    const before = this.plan.items.map((item) => item.id);
    let target = before[before.indexOf(id) - 1] ?? "";
    grip.setPointerCapture(event.pointerId);
    this.lifted = id;
    const hover = (move: PointerEvent) => {
      const open = rows().filter((row) => row.dataset.id !== id);
      const above = open.filter((row) => {
        const box = row.getBoundingClientRect();
        return box.top + box.height / 2 < move.clientY || !row.classList.contains("tocome");
      });
      target = above[above.length - 1]?.dataset.id ?? "";
      for (const row of rows())
        row.classList.toggle("gap", row.dataset.id === target && target !== id);
      this.querySelector(".plan")?.classList.toggle("gapfirst", target === "");
    };
    const drop = (done: Event) => {
      grip.removeEventListener("pointermove", hover);
      grip.removeEventListener("pointerup", drop);
      grip.removeEventListener("pointercancel", drop);
      for (const row of rows()) row.classList.remove("gap");
      this.querySelector(".plan")?.classList.remove("gapfirst");
      this.lifted = "";
      if (done.type === "pointerup") this.plan.move(id, target);
    };
    grip.addEventListener("pointermove", hover);
    grip.addEventListener("pointerup", drop);
    grip.addEventListener("pointercancel", drop);
  }

  // Adding

  private show(after: string | null): void {
    this.behindItem = after;
    this.sheet = "gallery";
    void this.updateComplete.then(() =>
      this.querySelector<HTMLDialogElement>("dialog.gallery")?.showModal(),
    );
  }

  private gallery(): TemplateResult | typeof nothing {
    if (this.sheet !== "gallery") return nothing;
    const close = () => {
      this.sheet = "";
    };
    return html`<dialog class="sheet-over gallery" aria-labelledby="gal" @close=${close} @click=${(
      event: Event,
    ) => {
      if (event.target === event.currentTarget) (event.target as HTMLDialogElement).close();
    }}><div class="sheet stack"><div class="row between"><h2 class="head" id="gal">${t("Add an activity")}</h2><button class="btn icon" type="button" aria-label=${t("Close")} @click=${(
      event: Event,
    ) => (event.target as HTMLElement).closest("dialog")?.close()}>${icon("cross")}</button></div>
    <ul class="kinds">${this.boot.kinds.map(
      (kind) =>
        html`<li><button type="button" @click=${(event: Event) => void this.add(kind, event)}><span class="grow"><b>${kind.title}</b><span class="quiet">${kind.summary}</span></span><span class="note nums">${t("{n} min", { n: number(kind.minutes) })}${kind.fewest > 1 ? html`<br>${t("from {n} people", { n: number(kind.fewest) })}` : nothing}</span></button></li>`,
    )}</ul></div></dialog>`;
  }

  private async add(kind: Kind, event: Event): Promise<void> {
    (event.target as HTMLElement).closest("dialog")?.close();
    const before = new Set(this.plan.now.items.map((item) => item.id));
    const done = await this.plan.add(kind.kind, this.behindItem);
    if (!done) return;
    const find = () => this.plan.now.items.find((item) => !before.has(item.id));
    const found = find() ?? (await this.next(find));
    if (!found) return;
    this.open = found.id;
    this.spoken = t("{what} was added", { what: kind.title });
    await this.updateComplete;
    const head = this.querySelector<HTMLElement>(`#h-${found.id}`);
    head?.focus({ preventScroll: true });
    head?.scrollIntoView({ block: "start", behavior: "smooth" });
  }

  /** Waits for the plan that follows the answer. */
  private next<T>(find: () => T | undefined): Promise<T | undefined> {
    return new Promise((resolve) => {
      const look = () => {
        const found = find();
        if (found === undefined) return;
        this.plan.removeEventListener("change", look);
        resolve(found);
      };
      this.plan.addEventListener("change", look);
    });
  }

  private foot(): TemplateResult {
    const full = this.plan.now.items.length >= this.boot.limits.items;
    const left = this.undoLeft;
    return html`<div class="agfoot ${this.plan.now.items.length ? "" : "bare"}">${
      this.undo && left > 0
        ? html`<p class="undobar" role="status"><span class="grow">${this.undo.what}</span><button type="button" @click=${() => void this.putBack()}>${t("Put it back")} <span class="nums" aria-hidden="true">${t("{n} s", { n: number(left) })}</span></button></p>`
        : nothing
    }${full ? html`<p class="note">${tn("An agenda holds {n} activity.", "An agenda holds {n} activities.", this.boot.limits.items)}</p>` : html`<button class="btn main big" type="button" @click=${() => this.show(null)}>${icon("plus")}${t("Add an activity")}</button>`}</div>`;
  }

  // The whole

  private whole(): TemplateResult {
    const { frame, times } = this.plan.now;
    const value = (event: Event) => Number((event.target as HTMLInputElement).value) || 0;
    return html`<section class="sheet stack" aria-labelledby="wh"><h2 class="sec" id="wh">${t("The whole agenda")}</h2>
      <div class="field"><label for="starts">${t("It starts")}</label><input class="inp" id="starts" type="datetime-local" .value=${local(frame.starts)} @change=${(
        event: Event,
      ) =>
        this.plan.frame({
          starts: moment((event.target as HTMLInputElement).value),
        })}><p class="note">${t("In your time, {zone}. Everybody sees it in their own.", { zone: zone() })}${night(times) && !this.plan.now.warnings.some((each) => each.rule === "night") ? html` <b>${t("Some of it is at night where you are.")}</b>` : nothing}</p></div>
      <div class="two"><div class="field"><label for="minutes">${t("Minutes in all")}</label><input class="inp nums" id="minutes" type="number" inputmode="numeric" min="0" max=${this.boot.limits.minutes * 3} placeholder=${number(times.total)} .value=${frame.minutes ? String(frame.minutes) : ""} @change=${(event: Event) => this.plan.frame({ minutes: value(event) })}></div>
      <div class="field"><label for="invited">${t("People invited")}</label><input class="inp nums" id="invited" type="number" inputmode="numeric" min="0" max=${this.boot.limits.people} .value=${frame.people ? String(frame.people) : ""} @change=${(event: Event) => this.plan.frame({ people: value(event) })}></div></div></section>`;
  }

  private lookAt(): TemplateResult | typeof nothing {
    const about = this.plan.now.warnings.filter((each) => !each.item);
    const beside = this.plan.now.warnings.length - about.length;
    if (!this.plan.now.items.length) return nothing;
    if (!about.length && !beside)
      return html`<p class="look good">${icon("check")}<span>${t("Nothing to look at. A good plan.")}</span></p>`;
    return html`<section class="stack looks" aria-labelledby="la"><h2 class="sec" id="la">${t("Worth a look")}<span class="note">${beside ? tn("{n} beside an activity", "{n} beside activities", beside) : nothing}</span></h2>${about.map((each) => this.warning(each))}<p class="note">${t("None of this stops you.")}</p></section>`;
  }

  // Templates, files, this device

  private plans(): TemplateResult {
    const { boot } = this;
    const room = boot.room;
    return html`<section class="stack plans" aria-labelledby="pl"><h2 class="sec" id="pl">${t("Templates and files")}</h2>
      <details><summary>${icon("page")}${t("Use a template")}</summary><div class="opts">${boot.templates.map(
        (each) =>
          html`<button class="btn choice" type="button" @click=${() => void this.use(each.name, each.title)}><span><b>${each.title}</b><small>${each.summary}${each.minutes ? html` ${tn("{n} minute", "{n} minutes", each.minutes)}.` : nothing}</small></span></button>`,
      )}${this.mine.map(
        (each) =>
          html`<div class="own"><button class="btn choice" type="button" @click=${() => void this.bring(each.plan, each.name)}><span><b dir="auto">${each.name}</b><small>${t("Kept on this device")}</small></span></button><button class="btn icon" type="button" aria-label=${t("Forget {name}", { name: each.name })} @click=${() => {
            forget(each.name);
            this.mine = kept();
          }}>${icon("cross")}</button></div>`,
      )}</div><p class="note">${t("What has begun stays. You can put the rest back for a moment.")}</p></details>
      <a class="btn" href=${`/api/rooms/${room}/agenda.json`} download>${icon("down")}${t("Save as a file")}</a>
      <button class="btn" type="button" @click=${() => void this.keepHere()}>${icon("device")}${t("Keep on this device as a template")}</button>
      <label class="btn file">${icon("page")}${t("Bring in a file")}<input type="file" accept="application/json,.json" @change=${(event: Event) => void this.file(event)}></label>
      <p class="note" role="status">${this.told ?? ""}</p>
      ${boot.organiser ? html`<a class="btn" href=${`/?from=${room}`}>${icon("copy")}${t("Open another room with it")}</a>` : nothing}</section>`;
  }

  private async keepHere(): Promise<void> {
    const plan = await written(this.boot.room);
    const name = this.stage.view?.room.title ?? t("Agenda");
    if (!plan || !keep(name, plan)) {
      this.told = t("This device keeps nothing just now. Save it as a file instead.");
      return;
    }
    this.mine = kept();
    this.told = t("Kept on this device as “{name}”", { name });
  }

  private async file(event: Event): Promise<void> {
    const input = event.target as HTMLInputElement;
    const file = input.files?.[0];
    input.value = "";
    if (!file) return;
    const found = await opened(file);
    this.told = "";
    if ("trouble" in found) this.told = found.trouble;
    else await this.bring(found.plan, file.name);
  }

  private async use(name: string, title: string): Promise<void> {
    await this.replace(() => this.plan.use(name), title);
  }

  private async bring(plan: unknown, name: string): Promise<void> {
    await this.replace(() => this.plan.bring(plan), name);
  }

  private async replace(change: () => Promise<boolean>, what: string): Promise<void> {
    this.said = "";
    const before = this.plan.now.items.length ? await written(this.boot.room) : null;
    this.open = "";
    if (!(await change()) || !before) return;
    this.undo = {
      plan: before,
      until: Date.now() + UNDO * 1000,
      what: t("“{name}” is the agenda now.", { name: what }),
    };
  }

  private get undoLeft(): number {
    return this.undo ? Math.ceil((this.undo.until - Date.now()) / 1000) : 0;
  }

  private async putBack(): Promise<void> {
    const before = this.undo?.plan;
    this.undo = null;
    // What has begun is still there: only the rest comes back.
    if (before) await this.plan.bring(this.withoutBegun(before));
  }

  private withoutBegun(plan: unknown): unknown {
    const begun = this.plan.now.items.filter((item) => item.state !== "to come").length;
    const file = plan as { items?: unknown[] };
    return { ...file, items: file.items?.slice(begun) ?? [] };
  }
}

function roleName(role: string): string {
  switch (role) {
    case "F":
      return t("A facilitator");
    case "P":
      return t("A peer co-facilitator");
    case "V":
      return t("The visited host");
    case "K":
      return t("A community facilitator");
    default:
      return "";
  }
}

/** What stands in the small circle of a lead without a name. */
function letter(role: string): string {
  return initials(roleName(role).replace(/^\S+\s/, ""));
}

define("tl-agenda", AgendaPage);
async function start(): Promise<void> {
  const stage = await stageOf("seat", "agenda");
  if (!stage && readBoot().kept) return;
  if (stage) {
    const { kinds, templates, limits, organiser, plan } = stage.boot as AgendaBoot;
    keepPage(stage, ["agenda"], "agenda", () => ({
      ...{ kinds, templates, limits, organiser },
      plan: document.querySelector<AgendaPage>("tl-agenda")?.plan.now ?? plan,
    }));
  }
  await enter(stage, readBoot().room, "tl-agenda");
}
void start();
