// What the server prints into the agenda page beside the plan (`server/agendas.py`).
import type { Boot } from "../boot";
import type { Option, PlanMessage } from "../wire";

export type Value = string | number | boolean | null;

export interface Field {
  name: string;
  kind: "number" | "flag" | "choice" | "words";
  label: string;
  hint: string | null;
  unit: "" | "s" | "min" | "people" | "rounds";
  low: number;
  high: number;
  step: number;
  options: Option[];
  default: Value;
  only: { field: string; values: Value[] } | null;
}

export interface Kind {
  kind: string;
  title: string;
  summary: string;
  minutes: number;
  low: number;
  high: number;
  fewest: number;
  most: number;
  rests: boolean;
  does: string[];
  fields: Field[];
  timed: boolean;
}

interface Template {
  name: string;
  title: string;
  summary: string;
  minutes: number;
  people: number;
  items: { title: string; minutes: number; kind: string }[];
}

export interface AgendaBoot extends Boot {
  plan: PlanMessage;
  kinds: Kind[];
  templates: Template[];
  limits: { items: number; minutes: number; people: number };
  organiser: boolean;
}
