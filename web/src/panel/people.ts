// People on the panel: who is here, away, waiting, gone; by group; who has not spoken yet.
import { html, nothing, type TemplateResult } from "lit";
import { serverNow } from "../clock";
import { StagePart } from "../frame";
import { carriedHere } from "../hall";
import { number, t, tn, woven } from "../i18n";
import { icon, initials } from "../part";
import type { Block, Person, RingSeat } from "../wire";

/** How many people the short list shows: those who need a look come first. */
const SHORT = 8;

/** Keeps `{n}` in a sentence, to be drawn as an element of its own. */
const HOLE = { n: "{n}" };

type Way = "look" | "groups" | "silent";

/** What the rings on the panel say about each seat. */
function statesOf(blocks: Block[]): Map<string, RingSeat["state"]> {
  const found = new Map<string, RingSeat["state"]>();
  const read = (seats: RingSeat[] | undefined, floor: string | null | undefined) => {
    for (const each of seats ?? [])
      found.set(each.seat, each.seat === floor ? "floor" : each.state);
  };
  for (const block of blocks) {
    if (block.type === "ring") read(block.seats, block.floor);
    if (block.type === "pairs") for (const pair of block.pairs) read(pair.seats, null);
    if (block.type === "bowl") read([...block.queue, ...block.outer], null);
    if (block.type === "groups")
      for (const group of block.groups) read(group.ring?.seats, group.ring?.floor);
  }
  // Where time is measured, who has spoken is known.
  for (const block of blocks)
    if (block.type === "shares")
      for (const share of block.shares)
        if (share.since) found.set(share.seat, "floor");
        else if (share.spoken) found.set(share.seat, "told");
  return found;
}

/** "away 40 s", "away 3 min". */
function awayFor(person: Person): string {
  if (!person.since) return t("away");
  const seconds = Math.max(0, Math.round((serverNow() - person.since) / 1000));
  return seconds < 90
    ? t("away {n} s", { n: number(seconds) })
    : t("away {n} min", { n: number(Math.round(seconds / 60)) });
}

export class PeoplePart extends StagePart {
  static override properties = {
    ...StagePart.properties,
    way: { state: true },
    everyone: { state: true },
  };
  declare way: Way;
  declare everyone: boolean;

  private get people(): Person[] {
    return (this.stage.people?.people ?? []).filter((person) => person.role !== "screen");
  }

  protected override render(): TemplateResult {
    const all = this.people;
    const states = statesOf(this.stage.view?.blocks ?? []);
    const silent = all.filter((person) => this.silent(person, states));
    const count = (presence: string) => all.filter((each) => each.presence === presence).length;
    const told = [
      [count("here"), (n: number) => tn("{n} here", "{n} here", n, HOLE)],
      [count("away"), (n: number) => tn("{n} away", "{n} away", n, HOLE)],
      [count("waiting"), (n: number) => tn("{n} waiting", "{n} waiting", n, HOLE)],
      [count("gone"), (n: number) => tn("{n} gone", "{n} gone", n, HOLE)],
    ] as const;
    const way = this.way ?? "look";
    return html`<section class="stack" aria-labelledby="pp"><h2 class="sec" id="pp" tabindex="-1">${t("People")}<span class="note nums">${told
      .filter(([n], index) => n || index !== 2)
      .map(
        ([n, told], index) =>
          html`${index ? " · " : ""}${woven(told(n), { n: html`<b>${number(n)}</b>` })}`,
      )}</span></h2>
    ${
      all.length
        ? html`<div class="row ways" role="group" aria-label=${t("Which people")}>${this.pick("look", t("At a glance"))}${this.pick("groups", t("By group"))}${
            silent.length
              ? this.pick("silent", tn("{n} not heard yet", "{n} not heard yet", silent.length))
              : nothing
          }</div>${
            way === "groups"
              ? this.groups(all, states)
              : way === "silent" && silent.length
                ? this.list(silent, states)
                : this.short(all, states)
          }`
        : html`<p class="quiet">${t("Nobody has come in yet.")}</p>`
    }${carriedHere(this.stage)}</section>`;
  }

  private pick(way: Way, label: string): TemplateResult {
    const on = (this.way ?? "look") === way;
    return html`<button class="btn small ${on ? "ink" : ""}" type="button" aria-pressed=${on ? "true" : "false"} @click=${() => {
      this.way = way;
    }}>${label}</button>`;
  }

  private silent(person: Person, states: Map<string, RingSeat["state"]>): boolean {
    const state = states.get(person.seat);
    return person.presence !== "gone" && (state === "waiting" || state === "later");
  }

  private short(all: Person[], states: Map<string, RingSeat["state"]>): TemplateResult {
    const urgent = (person: Person) =>
      person.help || person.presence === "waiting"
        ? 0
        : person.presence === "away"
          ? 1
          : this.silent(person, states)
            ? 2
            : 3;
    const shown = this.everyone
      ? all
      : [...all].sort((a, b) => urgent(a) - urgent(b)).slice(0, SHORT);
    return html`${this.list(shown, states)}${
      all.length > SHORT
        ? html`<button class="btn bare" type="button" aria-expanded=${this.everyone ? "true" : "false"} @click=${() => {
            this.everyone = !this.everyone;
          }}>${icon("people")}${this.everyone ? t("Fewer people") : tn("All {n} people", "All {n} people", all.length)}</button>`
        : nothing
    }`;
  }

  private groups(all: Person[], states: Map<string, RingSeat["state"]>): TemplateResult {
    const under = new Map<string, Person[]>();
    for (const person of all) {
      const name = person.presence === "gone" ? "" : (person.group ?? "");
      under.set(name, [...(under.get(name) ?? []), person]);
    }
    const names = [...under.keys()].sort((a, b) => Number(!a) - Number(!b) || a.localeCompare(b));
    return html`${names.map((name) => {
      const people = under.get(name) ?? [];
      const here = people.filter((person) => person.presence === "here").length;
      return html`<section class="of"><h3 class="sec"><bdi>${name || t("In no group")}</bdi><span class="note nums">${t("{n} of {all} here", { n: number(here), all: number(people.length) })}</span></h3>${this.list(people, states, true)}</section>`;
    })}`;
  }

  private list(
    people: Person[],
    states: Map<string, RingSeat["state"]>,
    grouped = false,
  ): TemplateResult {
    return html`<ul class="people">${people.map((person) => this.row(person, states, grouped))}</ul>`;
  }

  private row(
    person: Person,
    states: Map<string, RingSeat["state"]>,
    grouped: boolean,
  ): TemplateResult {
    const roles: Record<string, string> = {
      lead: t("leads"),
      facilitator: t("facilitates"),
      observer: t("looks on"),
      interpreter: t("interprets"),
    };
    const under = [grouped ? null : person.group, roles[person.role], whereWord(person.where)];
    const said = under.filter(Boolean).join(" · ");
    return html`<li><span class="av" aria-hidden="true">${initials(person.name)}</span><span class="name"><bdi>${person.name}</bdi>${said ? html`<span class="note"> · ${said}</span>` : nothing}</span>${this.tag(person, states)}</li>`;
  }

  private tag(
    person: Person,
    states: Map<string, RingSeat["state"]>,
  ): TemplateResult | typeof nothing {
    if (person.help)
      return html`<span class="tag sand">${icon("heart")}${t("asks for help")}</span>`;
    if (person.presence === "away")
      return html`<span class="tag sand nums">${awayFor(person)}</span>`;
    if (person.presence === "waiting")
      return html`<span class="tag sand">${icon("house")}${t("at the door")}</span>`;
    if (person.presence === "gone") return html`<span class="note">${t("gone")}</span>`;
    if (person.note) return html`<span class="note">${person.note}</span>`;
    const state = states.get(person.seat);
    if (state === "floor") return html`<span class="tag">${t("has the floor")}</span>`;
    if (state === "told") return html`<span class="tag leaf">${icon("check")}${t("heard")}</span>`;
    if (state === "later") return html`<span class="note">${t("comes back later")}</span>`;
    if (state === "waiting") return html`<span class="note">${t("not heard yet")}</span>`;
    return nothing;
  }
}

function whereWord(where: Person["where"]): string | null {
  switch (where) {
    case "room":
      return t("in the hall");
    case "carried":
      return t("at a shared table");
    case "phone":
      return t("on the phone");
    default:
      return null;
  }
}
