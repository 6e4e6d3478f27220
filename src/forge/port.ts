// What Morello asks of a forge, whichever it is: what guards the refs of a repository there, and to change what Morello
// set itself. Shapes alone.

export type ForgeKind = "github" | "gitlab";

export type Value = boolean | number | string | readonly string[];

/** What a forge says of some refs, setting by setting, in the order in which people read it. */
export type Settings = Readonly<Record<string, Value>>;

/** One thing at the forge that Morello keeps: a ruleset, a protected branch, the settings of approvals. */
export interface Entry {
  /** Names it at the forge and for people: `ruleset Morello: release lines`. Unique. */
  readonly key: string;
  readonly settings: Settings;
}

export interface WantedEntry extends Entry {
  /** Why, by the name of the setting. */
  readonly why: Readonly<Record<string, string>>;
}

/** What guards refs there and is not Morello's: shown, never touched. */
export interface OtherRule {
  readonly name: string;
  /** Where it was set: the repository, its organisation or group. */
  readonly source: string;
  readonly settings: Settings;
}

/** Who need not heed a rule. */
export interface Bypass {
  readonly rule: string;
  /** `team 12`, `app 15368`, `role admin` */
  readonly actor: string;
  /** `always`, `in pull requests` and the like. */
  readonly when: string;
}

/** Something wanted that does not hold on a ref, whatever Morello's own entries say, and that a person must change. */
export interface Shortfall {
  /** The entry that asks for it, by its key. */
  readonly rule: string;
  readonly ref: string;
  readonly setting: string;
  readonly found: Value | null;
  readonly wanted: Value;
  readonly why: string;
}

export interface Protection {
  /** What is wanted, as entries of this forge, in order. Never less than what is there and nobody's to loosen. */
  readonly wanted: readonly WantedEntry[];
  /** Morello's own entries as they are, those that are not wanted any more too. */
  readonly entries: readonly Entry[];
  readonly others: readonly OtherRule[];
  readonly bypasses: readonly Bypass[];
  readonly shortfalls: readonly Shortfall[];
  /** What this forge, or its plan, cannot be asked for: sentences. */
  readonly limits: readonly string[];
  /** All rules in force that the token may see, as the forge tells them, for their digest. JSON. */
  readonly effective: unknown;
}

export interface Forge {
  readonly kind: ForgeKind;
  /** `rulesets`, `branch protection`, `protected branches and tags` */
  readonly means: string;
  read(): Promise<Protection>;
  /** Makes the named entries, as last read, what is wanted; removes those that are not wanted. Others' rules stay. */
  write(keys: readonly string[]): Promise<void>;
}
