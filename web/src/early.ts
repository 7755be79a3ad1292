// What was typed and chosen in the page's first paint, before this script had come over a weak
// line: it goes on where the script draws the same boxes.
import type { Stage } from "./stage";

/** Takes it out of the forms the server printed; call before they are replaced. */
export function takeEarly(place: Element, stage: Stage): void {
  for (const form of place.querySelectorAll("form")) {
    const type = offerOf(form);
    if (!type) continue;
    for (const box of form.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>(
      "textarea, input[type=radio]:checked",
    )) {
      const field = /^need-(.+):\w+$/.exec(box.name)?.[1];
      if (!field || !box.value.trim()) continue;
      if (box.localName === "textarea") void write(stage, type, field, box.value);
      else stage.fill(type, field, box.value);
    }
  }
}

function offerOf(form: HTMLFormElement): string {
  const given = form.querySelector<HTMLInputElement>("input[name=offer]")?.value;
  try {
    return String((JSON.parse(given ?? "{}") as { type?: unknown }).type ?? "");
  } catch {
    return "";
  }
}

/** Into the draft of the box that stands for this field, unless somebody wrote there before. */
async function write(stage: Stage, type: string, field: string, text: string): Promise<void> {
  const { seat } = stage;
  for (const block of stage.view?.blocks ?? []) {
    const name =
      block.type === "entry" && block.offer === type && block.field === field
        ? block.box
        : block.type === "form" && block.offer === type
          ? block.fields.find((each) => each.field === field)?.box
          : undefined;
    if (!name) continue;
    const box = stage.box(name);
    await stage.drafts.ready(seat);
    const there = stage.drafts.peek(seat, box);
    if (there.includes(text)) return;
    if (there) stage.drafts.has(seat, box)?.insert(there.length, ` ${text}`);
    else stage.drafts.begin(seat, box, text);
    stage.drafts.touchedByHand(seat, box);
    return;
  }
}
