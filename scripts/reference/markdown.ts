// Pieces of the reference pages.

const GENERATED = "<!-- Generated: npm run generate -->";

/** A table; every row has as many cells as the head. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(" | ")} |`;
  return [line(head), `| ${head.map(() => "---").join(" | ")} |`, ...rows.map(line)].join("\n");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replace(/\s*\n\s*/g, " ");
}

/** Plain text, so that no character of it is taken for markup. */
export function plain(text: string): string {
  return text.replace(/[\\`*_<]/g, "\\$&");
}

export function code(text: string): string {
  return `\`${text}\``;
}

export function page(title: string, ...parts: readonly string[]): string {
  return `${[GENERATED, `# ${title}`, ...parts.filter((part) => part !== "")].join("\n\n")}\n`;
}
