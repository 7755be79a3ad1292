// Adding a picture to a note: made small here, what is on it in words, and the yes of those who can
// be recognised. It is sent when the note is added, and not before.
import { html, nothing, type TemplateResult } from "lit";
import { language, number, t } from "../i18n";
import { define, icon, Part } from "../part";
import type { Stage } from "../stage";
import { NoPicture, shrink } from "./shrink";

/** Characters that say what is on it, on the server too. */
const ALT = 200;

/** The fields of `note.add` that name a picture. */
interface Shown {
  photo: string;
  alt: string;
  faces: "none" | "agreed";
}

export class PhotoBox extends Part {
  static override properties = {
    stage: { attribute: false },
    url: { state: true },
    busy: { state: true },
    share: { state: true },
    faces: { state: true },
    trouble: { state: true },
  };
  declare stage: Stage;
  /** Of the small picture, as this page shows it. */
  declare url: string;
  declare busy: "" | "shrinking" | "sending";
  /** How much of it has been sent, of 1. */
  declare share: number;
  declare faces: string;
  declare trouble: string;
  private small: Blob | undefined;
  /** Sent already, for a note that was not added then. */
  private kept = "";

  override disconnectedCallback(): void {
    this.drop();
    super.disconnectedCallback();
  }

  /** Whether there is a picture to send with the note, or one is being made. */
  get holds(): boolean {
    return !!this.small || !!this.busy;
  }

  /** Takes a file that was chosen or just photographed. */
  async take(file: File): Promise<void> {
    this.drop();
    this.busy = "shrinking";
    try {
      this.small = await shrink(file);
      this.url = URL.createObjectURL(this.small);
    } catch (error) {
      this.trouble = refusal(error instanceof NoPicture ? error.why : "broken");
    }
    this.busy = "";
    await this.updateComplete;
    this.querySelector<HTMLElement>(this.small ? "textarea" : "[role=alert]")?.focus();
  }

  drop(): void {
    if (this.url) URL.revokeObjectURL(this.url);
    this.small = undefined;
    this.kept = "";
    this.url = this.busy = this.faces = this.trouble = "";
    this.share = 0;
  }

  /** Sends the picture; undefined when something is missing or it did not get there, which is said
   *  beside it. */
  async send(): Promise<Shown | undefined> {
    const { small, faces } = this;
    if (!small || this.busy) return undefined;
    const box = this.querySelector("textarea");
    const alt = box?.value.trim() ?? "";
    if (!alt) return this.stop(t("Say in a few words what is on it."), box);
    if (faces !== "none" && faces !== "agreed")
      return this.stop(
        faces
          ? t("Ask them first. Until you have their yes the picture stays on this device.")
          : t("Say whether people can be recognised."),
        this.querySelector<HTMLElement>("input[type=radio]"),
      );
    this.busy = "sending";
    this.trouble = "";
    try {
      this.kept ||= await this.upload(small);
    } catch (error) {
      this.trouble = error instanceof Error ? error.message : "";
    }
    this.busy = "";
    return this.kept ? { photo: this.kept, alt, faces } : undefined;
  }

  private stop(trouble: string, where: HTMLElement | null): undefined {
    this.trouble = trouble;
    where?.focus();
    return undefined;
  }

  /** With how far it is: `fetch` cannot tell. */
  private upload(body: Blob): Promise<string> {
    const { stage } = this;
    const lost = t("The line was lost. The picture is still here: try again.");
    return new Promise((resolve, reject) => {
      const line = new XMLHttpRequest();
      const query = new URLSearchParams({ seat: stage.seat, lang: language() });
      line.open("POST", `/api/rooms/${stage.boot.room}/photos?${query}`);
      line.setRequestHeader("Content-Type", body.type);
      line.responseType = "json";
      line.upload.onprogress = ({ loaded, total }) => {
        this.share = total ? loaded / total : 0;
      };
      line.onload = () => {
        const said = line.response as { photo?: string; error?: { message: string } } | null;
        if (line.status === 201 && said?.photo) resolve(said.photo);
        else reject(new Error(said?.error?.message ?? lost));
      };
      line.onerror = line.ontimeout = () => reject(new Error(lost));
      line.send(body);
    });
  }

  protected override render(): TemplateResult | typeof nothing {
    const said = this.trouble
      ? html`<p class="need" role="alert" tabindex="-1">${this.trouble}</p>`
      : nothing;
    if (this.busy === "shrinking")
      return html`<p class="quiet" role="status">${t("Making the picture smaller")}<span class="dots"></span></p>`;
    if (!this.url) return said;
    const radio = (value: string, label: string) =>
      html`<label class="opt"><input type="radio" name="faces" value=${value} .checked=${this.faces === value} @change=${() => {
        this.faces = value;
        this.trouble = "";
      }}><span>${label}</span></label>`;
    return html`<div class="photobox stack"><div class="row"><span class="photo"><img src=${this.url} alt=${t("The picture you chose")} width="400" height="300"></span><button class="btn small bare" type="button" @click=${() => this.drop()}>${icon("cross")}${t("Leave it out")}</button></div>
      <div class="field"><label for="photo-alt">${t("What is on it?")}</label><p class="note" id="photo-why">${t("For those who cannot see it.")}</p><textarea class="inp" id="photo-alt" rows="2" dir="auto" maxlength=${ALT} aria-describedby="photo-why"></textarea></div>
      <fieldset><legend>${t("Can people be recognised?")}</legend><div class="kinds">${radio("none", t("No"))}${radio("agreed", t("Yes, and they said yes"))}${radio("unsure", t("I am not sure"))}</div></fieldset>
      ${this.faces === "unsure" ? html`<p class="note">${t("Ask them first. Until you have their yes the picture stays on this device.")}</p>` : nothing}
      ${
        this.busy
          ? html`<label class="note" for="photo-way" role="status">${t("Sending the picture: {share} %", { share: number(Math.round(this.share * 100)) })}</label><progress class="meter" id="photo-way" max="1" .value=${this.share}></progress>`
          : nothing
      }${said}</div>`;
  }
}

function refusal(why: NoPicture["why"]): string {
  switch (why) {
    case "kind":
      return t("This is no picture we can show. Choose a photo.");
    case "large":
      return t("This picture is too large for this device. Choose a smaller one.");
    case "broken":
      return t("This device cannot open this picture. Take it again, or choose another one.");
  }
}

define("tl-photo-box", PhotoBox);
