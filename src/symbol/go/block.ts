// Go's blocks: a name is known from where it is declared to the end of the innermost block around.
import type { Syntax } from "../syntax.ts";

/** The statements with a header are blocks too: what it declares is known in all their branches. */
const BLOCKS: ReadonlySet<string> = new Set(
  `block if_statement for_statement expression_switch_statement type_switch_statement select_statement
  expression_case default_case type_case communication_case func_literal`.split(/\s+/),
);

/** The number after the last node of the block around a node. */
export function blockEnd(syntax: Syntax, n: number): number {
  let at = syntax.parent(n);
  while (at > 0 && !BLOCKS.has(syntax.type(at))) at = syntax.parent(at);
  return syntax.after(at);
}
