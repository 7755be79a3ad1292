// The panel's menu under a few headings, so that nobody reads thirty rows to find one.
import { t } from "../i18n";
import type { Offer } from "../wire";

interface MenuPart {
  title: string;
  offers: Offer[];
}

/** What the room itself offers, by whom or what it is about; all else is the activity's. */
export const OWN = /^seat\.(name|where|leave|deal|language|willing|stay|move)$/;
const LEAD = /^(lead\.|room\.co_time|duty\.)/;
const DOOR = /^(door\.|link\.|room\.call|desk\.code)/;
const PEOPLE = /^(say\.all|seat\.(role|remove|hide|restore|erase|forget)|words\.|desk\.|table\.)/;

/** Every offer stands in exactly one part; an empty part is left out. */
export function menuParts(offers: Offer[]): MenuPart[] {
  const left = [...offers];
  const take = (pattern: RegExp): Offer[] => {
    const taken = left.filter((offer) => pattern.test(offer.type));
    for (const offer of taken) left.splice(left.indexOf(offer), 1);
    return taken;
  };
  const own = take(OWN);
  const lead = take(LEAD);
  const door = take(DOOR);
  const people = take(PEOPLE);
  return [
    { title: t("This activity"), offers: left },
    { title: t("People"), offers: people },
    { title: t("Who leads"), offers: lead },
    { title: t("Door and links"), offers: door },
    { title: t("My own seat"), offers: own },
  ].filter((part) => part.offers.length);
}
