// The configuration of a repository without a morello.yaml, spelt out: most runs need no schema to read it.
import type { Config } from "./schema.ts";

export const DEFAULT_CONFIG: Config = { remotes: [], maintainedMonths: 12, lines: [] };

export const CONFIG_FILE = "morello.yaml";
