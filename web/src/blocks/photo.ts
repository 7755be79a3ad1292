// The picture of a card, in a box of fixed shape so that nothing jumps when it comes; it opens
// larger in a dialog. What is on it stands in words for those who cannot see it.
import { html, nothing, type TemplateResult } from "lit";
import { t } from "../i18n";
import { define, icon, Part } from "../part";

export class PhotoPart extends Part {
  static override properties = {
    room: {},
    photo: {},
    alt: {},
    open: { state: true },
    tries: { state: true },
    failed: { state: true },
  };
  declare room: string;
  declare photo: string;
  declare alt: string;
  declare open: boolean;
  declare tries: number;
  declare failed: boolean;

  private get address(): string {
    const again = this.tries ? `?again=${this.tries}` : "";
    return `/api/rooms/${this.room}/photos/${encodeURIComponent(this.photo)}${again}`;
  }

  private async look(): Promise<void> {
    this.open = true;
    await this.updateComplete;
    // The browser puts the focus into the dialog, and back on the picture afterwards.
    this.querySelector("dialog")?.showModal();
  }

  private again(): void {
    this.tries = (this.tries ?? 0) + 1;
    this.failed = false;
  }

  protected override render(): TemplateResult {
    if (this.failed)
      return html`<div class="photo missing"><p class="note">${t("The picture did not come.")}</p><p class="note" dir="auto">${this.alt}</p><button class="btn small" type="button" @click=${() => this.again()}>${t("Try again")}</button></div>`;
    return html`<button class="photo" type="button" aria-haspopup="dialog" @click=${() => void this.look()}><img src=${this.address} alt=${this.alt} width="400" height="300" loading="lazy" decoding="async" draggable="false" @error=${() => {
      this.failed = true;
    }}><span class="vh">${t("Look at it larger")}</span></button>${this.open ? this.large() : nothing}`;
  }

  private large(): TemplateResult {
    const dialog = () => this.querySelector("dialog");
    return html`<dialog class="photo-large" aria-label=${t("The picture")} @close=${() => {
      this.open = false;
    }} @click=${(event: MouseEvent) => {
      if (event.target === dialog()) dialog()?.close();
    }}><figure><img src=${this.address} alt=${this.alt} decoding="async"><figcaption dir="auto" aria-hidden="true">${this.alt}</figcaption></figure><button class="btn" type="button" @click=${() => dialog()?.close()}>${icon("cross")}${t("Close")}</button></dialog>`;
  }
}

define("tl-photo", PhotoPart);
