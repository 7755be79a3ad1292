// The clipboard, also where the page came over plain http.

/** Copies text; also where the page came over plain http. */
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard && window.isSecureContext) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const box = document.createElement("textarea");
  box.value = text;
  box.className = "vh";
  document.body.append(box);
  box.select();
  document.execCommand("copy");
  box.remove();
}
