// The configuration of a repository without a morello.yaml, spelt out: most runs need no schema to read it.
import { FIX_WORDS } from "../message/fix.ts";
import type { Config } from "./schema.ts";

export const DEFAULT_CONFIG: Config = {
  remotes: [],
  maintainedMonths: 12,
  fixes: { types: [...FIX_WORDS.types], trailers: [...FIX_WORDS.trailers] },
  lines: [],
  policy: {},
  ledger: { publish: false },
  release: { versionFiles: [] },
  forge: {},
};

export const CONFIG_FILE = "morello.yaml";
