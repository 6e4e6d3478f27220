// git's diff in colours, as it is shown before a pick is confirmed.
import { clean } from "./clean.ts";
import { paint, type View } from "./view.ts";

export function renderDiff(view: View, diff: string): string {
  return diff
    .split("\n")
    .map((line) => {
      const shown = clean(line);
      if (line.startsWith("+++") || line.startsWith("---") || line.startsWith("diff "))
        return paint(view, "strong", shown);
      if (line.startsWith("@@")) return paint(view, "name", shown);
      if (line.startsWith("+")) return paint(view, "good", shown);
      return line.startsWith("-") ? paint(view, "bad", shown) : shown;
    })
    .join("\n");
}
