import { expect, test } from "vitest";
import { renderCheckMerge } from "../../src/cli/render/check-merge.ts";
import type { MergeCheckOutcome } from "../../src/wire/check-merge.ts";
VIEW
