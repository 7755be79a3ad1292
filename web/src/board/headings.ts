// What facilitators may do with a heading of the board, as rows of its menu.
import type { Row } from "../blocks/card";
import { number, t, tn } from "../i18n";
import { type Ask, merge, rename, split } from "./asks";
import type { Column } from "./lists";
import type { BoardPlace } from "./place";

/** The rows of a column's menu; `ask` opens a question. */
export function headRows(place: BoardPlace, key: string, ask: (ask: Ask) => void): Row[] {
  const column = place.columns().find((each) => each.key === key);
  if (!column) return [];
  const { title, kind } = column;
  const row = place.columns().filter((each) => each.kind === kind);
  const at = row.findIndex((each) => each.key === key);
  const rows: Row[] = [
    { label: t("Rename it"), icon: "pencil", run: () => ask(rename(place, column)) },
  ];
  if (kind === "theme") rows.push(...splitting(place, key, title, ask));
  if (at > 0)
    rows.push({
      label: t("Further to the front"),
      icon: "up",
      run: () => order(place, row, at, -1),
    });
  if (at < row.length - 1)
    rows.push({
      label: t("Further to the back"),
      icon: "down",
      run: () => order(place, row, at, 1),
    });
  for (const other of kind === "theme" ? row : [])
    if (other.key !== key)
      rows.push({
        label: t("Put it into {theme}", { theme: other.title }),
        icon: "move",
        run: () => ask(merge(place, key, title, other)),
      });
  return rows;
}

function splitting(
  place: BoardPlace,
  theme: string,
  heading: string,
  ask: (ask: Ask) => void,
): Row[] {
  if (place.lists.ids(theme).length < 2) return [];
  const n = place.picked.filter((id) => place.lists.columnOf(id) === theme).length;
  return [
    n
      ? {
          label: tn("Make a theme of the {n} chosen", "Make a theme of the {n} chosen", n),
          icon: "plus",
          run: () => ask(split(place, theme, heading)),
        }
      : { label: t("Split it: choose notes"), icon: "check", run: () => place.choosingFrom([]) },
  ];
}

function order(place: BoardPlace, row: readonly Column[], at: number, by: 1 | -1): void {
  const moved = row[at];
  if (!moved) return;
  const command = (after: string) =>
    moved.kind === "theme"
      ? { type: "theme.order", theme: moved.key, after }
      : { type: "section.order", section: moved.key, after };
  const behind = (n: number) => row[n]?.key ?? "";
  place.board.steps.took(place.stage.say(command(behind(by > 0 ? at + 1 : at - 2))), {
    label: t("Moved {heading}", { heading: moved.title }),
    back: (since) => ({ ...command(behind(at - 1)), since }),
  });
  place.board.announce(
    t("{place}, place {n} of {all}", {
      place: moved.title,
      n: number(at + 1 + by),
      all: number(row.length),
    }),
  );
}
