// What somebody waits for: help, the door, care, more time, ready; each with its answer.
import { html, nothing, type TemplateResult } from "lit";
import { StagePart } from "../frame";
import { t, tn, woven } from "../i18n";
import { icon } from "../part";
import type { Stage } from "../stage";
import type { Offer } from "../wire";
import { sorted } from "./sorting";

/** One signal: sand asks to look, leaf says done. */
interface Signal {
  key: string;
  picture: string;
  good: boolean;
  who: string;
  /** One sentence with the place {name} in it. */
  text: string;
  offers: Offer[];
  answer?: () => void;
}

/** Signals put aside on this device ("Seen"): they ask nothing of the server. */
const seen = new Set<string>();

/** A sentence about somebody; {name} stays in it, to be drawn in bold. */
function words(type: string): string {
  if (/^door|admit|refuse/.test(type)) return t("{name} waits at the door");
  if (/restore|erase/.test(type)) return t("{name} has words that are hidden");
  return type.startsWith("care") ? t("{name} would be glad of a word") : "{name}";
}

function ofOffer(stage: Stage, offer: Offer): Signal {
  const name = typeof offer.seat === "string" ? stage.name(offer.seat) : "";
  const door = /^door|admit|refuse/.test(offer.type);
  const picture = door ? "house" : offer.type.startsWith("care") ? "ear" : "eye";
  return {
    key: `${picture} ${offer.seat}`,
    picture,
    good: false,
    who: name,
    text: offer.hint ? `{name} ${offer.hint}` : words(offer.type),
    offers: [offer],
  };
}

/** All that is open, help first. */
export function open(stage: Stage): Signal[] {
  const { view } = stage;
  if (!view) return [];
  const epoch = view.room.lead.epoch;
  const answers = stage.offers.filter((offer) => offer.type === "help.answer");
  const help = (stage.people?.people ?? [])
    .filter((person) => person.help)
    .map(
      (person): Signal => ({
        key: `help ${person.seat}`,
        picture: "heart",
        good: false,
        who: person.name,
        text: person.about
          ? t("{name} asks for help: {about}", { about: person.about })
          : t("{name} asks for help"),
        offers: [],
        ...(answers.length && !answers.some((offer) => offer.seat === person.seat)
          ? {}
          : {
              answer: () => stage.say({ type: "help.answer", seat: person.seat, epoch }),
            }),
      }),
    );
  // Two answers to one question ("Let in", "Send away") stand in one line.
  const asked = new Map<string, Signal>();
  for (const offer of sorted(stage.offers, view.blocks).signals) {
    if (offer.type.startsWith("help.")) continue;
    const signal = ofOffer(stage, offer);
    const there = asked.get(signal.key);
    if (there) there.offers.push(offer);
    else asked.set(signal.key, signal);
  }
  const groups = view.blocks.flatMap((block) => (block.type === "groups" ? block.groups : []));
  const longer = groups.flatMap((group): Signal[] => {
    const offers = group.offers
      .map((index) => stage.offers[index])
      .filter((offer): offer is Offer => offer?.type === "time.give");
    const text = t("{name} asks for two more minutes");
    return offers.length
      ? [{ key: `time ${group.id}`, picture: "later", good: false, who: group.name, text, offers }]
      : [];
  });
  const ready = groups
    .filter((group) => group.ready)
    .map((group): Signal => {
      const key = `ready ${view.activity?.id} ${view.activity?.phase} ${group.id}`;
      return {
        key,
        picture: "check",
        good: true,
        who: group.name,
        text: t("{name} is ready"),
        offers: [],
        answer: () => {
          seen.add(key);
          stage.changed();
        },
      };
    });
  return [
    ...help,
    ...asked.values(),
    ...longer,
    ...ready.filter((signal) => !seen.has(signal.key)),
  ];
}

export class SignalsPart extends StagePart {
  protected override render(): TemplateResult {
    const { stage } = this;
    const all = open(stage);
    return html`<section class="stack" aria-labelledby="sg"><h2 class="sec" id="sg" tabindex="-1">${t("Signals")}<span class="note" role="status">${all.length ? tn("{n} open", "{n} open", all.length) : t("all quiet")}</span></h2>
    ${
      all.length
        ? html`<ul class="sigs">${all.map(
            (one) =>
              html`<li class="sig ${one.good ? "leaf" : ""}">${icon(one.picture)}<span class="grow">${woven(one.text, { name: one.who ? html`<b><bdi>${one.who}</bdi></b>` : "" })}</span>${one.offers.map(
                (offer) =>
                  html`<tl-offer .stage=${stage} .offer=${offer} .look=${"small"}></tl-offer>`,
              )}${
                one.answer
                  ? html`<button class="btn small" type="button" aria-label=${one.good ? t("Seen: {name}", { name: one.who }) : nothing} @click=${one.answer}>${one.good ? t("Seen") : t("Seen to it")}</button>`
                  : nothing
              }</li>`,
          )}</ul>`
        : nothing
    }</section>`;
  }
}
