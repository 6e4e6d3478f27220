// Finds conflict markers that a person left in a file.

const MARKER = /^(?:(?:<{7}|\|{7}|>{7})(?: |$)|={7}$)/;

/**
 * 1-based lines that hold a marker. A line that one of the sides holds too is text, not a marker (files about merging
 * are full of them, and headings of seven `=`).
 */
export function markerLines(file: Buffer, sides: readonly Buffer[]): number[] {
  const known = new Set(sides.flatMap(linesOf));
  return linesOf(file).flatMap((line, n) => (MARKER.test(line) && !known.has(line) ? [n + 1] : []));
}

/** Without the ends of lines: git ends the last line of a side as it ends the markers. */
function linesOf(file: Buffer): string[] {
  return file.toString("latin1").split(/\r?\n/);
}
