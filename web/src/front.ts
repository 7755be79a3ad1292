// Front door and room ready: what a form cannot do alone (copy, share, save, say that it is busy).
import { copyText } from "./copy";

for (const button of document.querySelectorAll<HTMLButtonElement>(
  "[data-copy],[data-share],[data-save]",
)) {
  button.hidden = false;
  button.addEventListener("click", () => void press(button));
}

for (const button of document.querySelectorAll<HTMLButtonElement>("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

async function press(button: HTMLButtonElement): Promise<void> {
  const { copy, share, save, title, done, name } = button.dataset;
  if (save) return keepFile(save, name ?? "talanoa.txt");
  if (share) {
    const text = document.getElementById("message")?.textContent ?? share;
    if (navigator.share) {
      try {
        await navigator.share({ title, text });
        return;
      } catch (trouble) {
        if (trouble instanceof DOMException && trouble.name === "AbortError") return;
      }
    }
    await copyText(text);
  } else await copyText(copy ?? "");
  say(button, done);
}

/** The button itself says that it is done, for a moment; its name is heard again. */
function say(button: HTMLButtonElement, done: string | undefined): void {
  const label = button.querySelector("span");
  if (label && done) {
    const before = label.textContent;
    label.textContent = done;
    window.setTimeout(() => {
      label.textContent = before;
    }, 4000);
    return;
  }
  const use = button.querySelector("use");
  use?.setAttribute("href", "#i-check");
  window.setTimeout(() => use?.setAttribute("href", "#i-copy"), 4000);
}

function keepFile(text: string, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([`${text}\n`], { type: "text/plain" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

for (const form of document.querySelectorAll("form")) {
  form.addEventListener("submit", ({ submitter }) => {
    const button = submitter ?? form.querySelector<HTMLButtonElement>("button[data-busy]");
    if (!button?.dataset.busy) return;
    button.setAttribute("aria-busy", "true");
    button.textContent = `${button.dataset.busy}…`;
  });
}
const zone = document.querySelector<HTMLInputElement>('input[name="zone"]');
if (zone) zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone;
