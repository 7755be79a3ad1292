// The outline of an exchange: start times in this person's own zone; all else stands in the page.
import { readBoot } from "./boot";
import { hour, useCatalogue } from "./i18n";

useCatalogue(readBoot().catalogue);
for (const place of document.querySelectorAll<HTMLTimeElement>("time[data-at]")) {
  const at = Number(place.dataset.at);
  if (!at) continue;
  place.textContent = hour(at);
  place.hidden = false;
}
