// Finds conflict markers that a person left in a file.

const MARKER = /^(?:(?:<{7}|\|{7}|>{7})(?:[ \r]|$)|={7}\r?$)/;

/**
 * 1-based lines that hold a marker. A line that one of the sides holds too is text, not a marker (files about merging
 * are full of them, and headings of seven `=`).
 */
export function markerLines(file: Buffer, sides: readonly Buffer[]): number[] {
  const known = new Set(sides.flatMap((side) => side.toString("latin1").split("\n")));
  return file
    .toString("latin1")
    .split("\n")
    .flatMap((line, n) => (MARKER.test(line) && !known.has(line) ? [n + 1] : []));
}
