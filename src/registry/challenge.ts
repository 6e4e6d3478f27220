// A `WWW-Authenticate` header -> the schemes it offers with their parameters (RFC 9110, 11.6.1). A string in, values out.

export interface Challenge {
  /** In small letters: `bearer`, `basic`. */
  readonly scheme: string;
  /** Names in small letters. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** In the order of the header; what cannot be read is left out. */
export function parseChallenges(header: string): readonly Challenge[] {
  const found: { scheme: string; parameters: Record<string, string> }[] = [];
  const token = /\s*,?\s*([!#$%&'*+.^_`|~\w-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+)))?/y;
  for (let match = token.exec(header); match !== null; match = token.exec(header)) {
    const [, name = "", quoted, plain] = match;
    const value = quoted?.replace(/\\(.)/g, "$1") ?? plain;
    if (value === undefined) found.push({ scheme: name.toLowerCase(), parameters: {} });
    else {
      const last = found.at(-1);
      if (last !== undefined) last.parameters[name.toLowerCase()] = value;
    }
  }
  return found;
}
