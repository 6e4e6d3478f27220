// Arguments -> a command that can be pasted into a shell.

function quote(word: string): string {
  if (/^[\w@%+:,./-][\w@%+=:,./-]*$/.test(word)) return word;
  return `'${word.replaceAll("'", "'\\''")}'`;
}

export function command(words: readonly string[]): string {
  return words.map(quote).join(" ");
}
