// Findings as they come up, each said once, and no more of them than a person reads.
import type { FindingCode, LedgerFinding } from "../../wire/ledger.ts";

const LISTED = 200;

export class Findings {
  readonly #line: string;
  readonly #listed: LedgerFinding[] = [];
  #more = 0;

  constructor(line: string) {
    this.#line = line;
  }

  /** `seq`: of the record; null for the log as a whole. */
  add(code: FindingCode, seq: number | null, message: string, hint: string = this.#hint): void {
    if (this.#listed.length < LISTED) this.#listed.push({ code, line: this.#line, seq, message, hint });
    else this.#more += 1;
  }

  get listed(): LedgerFinding[] {
    return this.#listed;
  }

  /** How many are not listed. */
  get more(): number {
    return this.#more;
  }

  /** More went wrong than anything could explain but a log that is none. */
  get hopeless(): boolean {
    return this.#more > LISTED;
  }

  get #hint(): string {
    return `morello ledger log${this.#line === "" ? "" : ` --line ${this.#line}`}`;
  }
}
