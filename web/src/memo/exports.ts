// What can be taken out of the memo: what each file is for, and the way to it.
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { copyText } from "../copy";
import { t } from "../i18n";
import { define, icon } from "../part";

/** Milliseconds after which the page says that a file is being made. */
const SAY_SO = 300;
/** Milliseconds until a file handed to the browser may be forgotten here. */
const KEPT = 60_000;

interface Choice {
  /** As in the address `memo.{format}`; "zip" is the organiser's archive. */
  format: string;
  picture: string;
  name: string;
  use: string;
}

export class ExportsPart extends LitElement {
  static override properties = {
    room: {},
    facilitator: { type: Boolean },
    organiser: { type: Boolean },
    edition: { state: true },
    making: { state: true },
    told: { state: true },
    trouble: { state: true },
  };
  declare room: string;
  declare facilitator: boolean;
  declare organiser: boolean;
  declare edition: "participants" | "public";
  /** The format that is being made, once that takes long enough to be said. */
  declare making: string;
  declare told: string;
  declare trouble: string;
  private busy = false;

  constructor() {
    super();
    this.edition = "participants";
    this.making = this.told = this.trouble = "";
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    return html`<nav class="wide formats" aria-label=${t("Take the memo out")} @keydown=${(
      event: KeyboardEvent,
    ) => {
      if (event.key === "Escape") this.dispatchEvent(new Event("close"));
    }}><div class="menu">${this.facilitator ? this.editions() : nothing}
      <p class="note" role="status">${this.making ? t("Making it…") : this.told}</p>
      ${this.trouble ? html`<p class="trouble" role="alert">${this.trouble}</p>` : nothing}
      ${choices().map((choice) => this.row(choice))}${this.organiser ? this.row(everything()) : nothing}</div></nav>`;
  }

  private editions(): TemplateResult {
    const one = (edition: "participants" | "public", name: string) =>
      html`<label><input type="radio" name="edition" .checked=${this.edition === edition} @change=${() => {
        this.edition = edition;
      }}>${name}</label>`;
    return html`<fieldset class="editions"><legend class="note">${t("Who is it for?")}</legend>${one("participants", t("Those who were there"))}${one("public", t("Others: only what was released to everyone"))}</fieldset>`;
  }

  private row(choice: Choice): TemplateResult {
    const { format, name, use, picture } = choice;
    const text = html`${icon(picture)}<span class="grow">${name}<span class="note">${use}</span></span>`;
    return html`<a href=${this.address(format)} download aria-busy=${this.making === format ? "true" : "false"} @click=${(
      event: MouseEvent,
    ) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      void this.take(format);
    }}>${text}</a>`;
  }

  private address(format: string): string {
    if (format === "zip") return `/api/rooms/${this.room}/export.zip`;
    const query = this.edition === "public" ? "?edition=public" : "";
    return `/api/rooms/${this.room}/memo.${format}${query}`;
  }

  /** Fetches a file, so that a refusal is read here as words and not as a page of its own. */
  private async take(format: string): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.told = this.trouble = "";
    const late = window.setTimeout(() => {
      this.making = format;
    }, SAY_SO);
    try {
      const answer = await fetch(this.address(format));
      if (!answer.ok) this.trouble = await refusal(answer);
      else if (format === "txt") await this.paste(await answer.text());
      else {
        save(await answer.blob(), nameOf(answer, format));
        this.told = t("Done. It is among your downloads.");
      }
    } catch {
      this.trouble = t("The server cannot be reached. Nothing was lost; try again in a moment.");
    } finally {
      window.clearTimeout(late);
      this.making = "";
      this.busy = false;
    }
  }

  private async paste(text: string): Promise<void> {
    try {
      await copyText(text);
      this.told = t("Copied. Paste it into your chat.");
    } catch {
      save(new Blob([text], { type: "text/plain" }), "memo.txt");
      this.told = t("It could not be copied here, so it is among your downloads.");
    }
  }
}

function choices(): Choice[] {
  return [
    { format: "docx", picture: "pencil", name: t("Word"), use: t("To edit and to print") },
    { format: "pdf", picture: "page", name: t("PDF"), use: t("To print, or to send as it stands") },
    {
      format: "pages.pdf",
      picture: "eye",
      name: t("Big type, one page for each theme"),
      use: t("A picture, three sentences, the question: to hang up and to read aloud"),
    },
    {
      format: "txt",
      picture: "copy",
      name: t("Copy as a chat message"),
      use: t("Short enough to paste into a chat"),
    },
    {
      format: "html",
      picture: "globe",
      name: t("Web page"),
      use: t("Opens in any browser, also without a network"),
    },
    {
      format: "pages.html",
      picture: "phone",
      name: t("Big type for a phone"),
      use: t("The same pages, to read on a screen"),
    },
    { format: "md", picture: "list", name: t("Markdown"), use: t("For wikis and notebooks") },
    {
      format: "csv",
      picture: "grip",
      name: t("Table (CSV)"),
      use: t("Every line and every note, for a spreadsheet"),
    },
    {
      format: "json",
      picture: "key",
      name: t("Data (JSON)"),
      use: t("For programs; every other file can be made from it again"),
    },
  ];
}

function everything(): Choice {
  return {
    format: "zip",
    picture: "saved",
    name: t("Everything, as one archive"),
    use: t("Both copies in every format, the board, the agenda: for you who opened the room"),
  };
}

async function refusal(answer: Response): Promise<string> {
  const found = (await answer.json().catch(() => null)) as {
    error?: { message?: string };
  } | null;
  return found?.error?.message || t("That could not be made. Nothing was lost; try again.");
}

/** The name the server gave the file, also in other scripts (RFC 6266). */
function nameOf(answer: Response, format: string): string {
  const given = answer.headers.get("Content-Disposition") ?? "";
  const wide = /filename\*=UTF-8''([^;]+)/.exec(given)?.[1];
  return wide ? decodeURIComponent(wide) : `memo.${format}`;
}

function save(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), KEPT);
}

define("tl-exports", ExportsPart);
