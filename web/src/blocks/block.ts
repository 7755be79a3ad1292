// What all block elements share: their block, the view it stands in, and the stage.

import { html, type TemplateResult } from "lit";
import { ticker } from "../clock";
import { StagePart } from "../frame";
import { t } from "../i18n";
import { icon } from "../part";
import type { Sees, ViewMessage } from "../wire";

/** Follows the stage too: what is filled in or on its way changes what a block shows. */
export abstract class BlockPart<T> extends StagePart {
  static override properties = {
    ...StagePart.properties,
    view: { attribute: false },
    block: { attribute: false },
  };
  declare view: ViewMessage;
  declare block: T;
}

/** A block that shows time: drawn again every second. */
export abstract class TimedPart<T> extends BlockPart<T> {
  private readonly tick = () => {
    if (this.ticks()) this.requestUpdate();
  };

  override connectedCallback(): void {
    super.connectedCallback();
    ticker.add(this.tick);
  }

  override disconnectedCallback(): void {
    ticker.remove(this.tick);
    super.disconnectedCallback();
  }

  /** Whether time stands on it just now. */
  protected ticks(): boolean {
    return true;
  }
}

/** Who can see what is written here; stands at every box and every card. */
export function sees(who: Sees): TemplateResult {
  switch (who) {
    case "self":
      return html`<span class="sees self">${icon("lock")}${t("Only you")}</span>`;
    case "circle":
      return html`<span class="sees">${icon("circle")}${t("Your circle")}</span>`;
    case "room":
      return html`<span class="sees">${icon("house")}${t("Everyone here")}</span>`;
    case "memo":
      return html`<span class="sees">${icon("quote")}${t("May be quoted")}</span>`;
    case "facilitators":
      return html`<span class="sees">${icon("lock")}${t("Facilitators only")}</span>`;
  }
}

/** Where a panel is held in one hand; as in styles/panel.css. */
const HAND = window.matchMedia("(max-width: 63.99rem)");

/** Whether this is a panel on a phone: what is not now is folded there. */
export function inHand(view: ViewMessage): boolean {
  return view.lens === "panel" && HAND.matches;
}
