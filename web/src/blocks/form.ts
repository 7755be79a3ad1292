// Several fields sent together; texts are drafts, so that no letter is lost.
import { html, nothing, type TemplateResult } from "lit";
import { t } from "../i18n";
import { icon, picture } from "../part";
import type { Field, Form, Option } from "../wire";
import { BlockPart, sees } from "./block";
import { dateField } from "./dates";

export class FormBlock extends BlockPart<Form> {
  private set(field: Field, value: string | boolean): void {
    this.stage.fill(this.block.offer, field.field, value);
  }

  private value(field: Field): string | boolean | undefined {
    const filled = this.stage.filling(this.block.offer, field.field);
    return (filled as string | boolean | undefined) ?? field.value ?? undefined;
  }

  protected override render(): TemplateResult {
    const { title, fields, given } = this.block;
    const who = this.block.sees;
    return html`<section class="stack form ${who === "self" ? "private" : ""}"><h2 class="sec">${title}${sees(who)}</h2>${given ? html`<p class="note">${t("You have answered. What you send now takes its place.")}</p>` : nothing}${fields.map((field) => this.field(field))}</section>`;
  }

  private field(field: Field): TemplateResult {
    const need = `${this.block.offer}/${field.field}`;
    const id = `f-${need.replace(/\W+/g, "-")}`;
    const label = field.optional ? t("{label} (if you like)", { label: field.label }) : field.label;
    const value = this.value(field);
    switch (field.kind) {
      case "text":
        return html`<tl-box .stage=${this.stage} .seat=${this.view.seat} .name=${`${this.view.activity?.id ?? "room"}/${field.box}`} .label=${label} .hint=${field.hint ?? null} .limit=${field.limit} .lines=${field.lines} .need=${need} .start=${typeof field.value === "string" ? field.value : undefined}></tl-box>`;
      case "date":
        return dateField({
          id,
          need,
          label,
          hint: field.hint,
          options: field.options,
          value: String(value ?? ""),
          set: (next) => this.set(field, next),
        });
      case "flag":
        return html`<div data-need=${need}><label class="row check"><input type="checkbox" .checked=${value === true} @change=${(event: Event) => this.set(field, (event.target as HTMLInputElement).checked)}><span>${label}${field.hint ? html`<small>${field.hint}</small>` : nothing}</span></label></div>`;
      default:
        return this.choices(field, need, label, value);
    }
  }

  private choices(
    field: Field,
    need: string,
    label: string,
    value: string | boolean | undefined,
  ): TemplateResult {
    const name = `${this.view.seat}-${need}`;
    const radio = (option: Option) =>
      html`<input type="radio" name=${name} value=${option.value} .checked=${value !== undefined && String(value) === option.value} @change=${() => this.set(field, option.value)}>`;
    const row = (option: Option) =>
      field.kind === "scale"
        ? html`<label class="wx">${radio(option)}${option.picture ? picture(option.picture) : nothing}<b>${option.label}</b>${option.hint ? html`<small>${option.hint}</small>` : nothing}</label>`
        : html`<label class="opt">${radio(option)}<span>${option.label}${option.hint ? html`<small>${option.hint}</small>` : nothing}</span>${icon("check", "tick")}</label>`;
    return html`<fieldset data-need=${need}><legend>${label}</legend>${field.hint ? html`<p class="note">${field.hint}</p>` : nothing}<div class=${field.kind === "scale" ? "sky five" : "opts"}>${field.options.map(row)}</div></fieldset>`;
  }
}
