// All rules, in the order in which their violations are told.
import { RULE_IDS, type RuleId } from "./id.ts";
import type { Rule } from "./rule.ts";
import { author } from "./rules/author.ts";
import { classApprovals } from "./rules/class-approvals.ts";
import { duplicate } from "./rules/duplicate.ts";
import { endOfLife } from "./rules/end-of-life.ts";
import { issue } from "./rules/issue.ts";
import { ledger } from "./rules/ledger.ts";
import { markers } from "./rules/markers.ts";
import { messageForm } from "./rules/message-form.ts";
import { movedTag } from "./rules/moved-tag.ts";
import { newerLinesFirst } from "./rules/newer-lines-first.ts";
import { oneConcern } from "./rules/one-concern.ts";
import { reason } from "./rules/reason.ts";
import { resurrected } from "./rules/resurrected.ts";
import { selfContained } from "./rules/self-contained.ts";
import { signed } from "./rules/signed.ts";
import { sourceReverted } from "./rules/source-reverted.ts";
import { unmergedSource } from "./rules/unmerged-source.ts";
import { unreachableSource } from "./rules/unreachable-source.ts";
import { versionFiles } from "./rules/version-files.ts";
import { xLineLies } from "./rules/x-line-lies.ts";
import { xLine } from "./rules/x-line.ts";

const BY_ID: Readonly<Record<RuleId, Rule>> = {
  "markers": markers,
  "resurrected": resurrected,
  "x-line-lies": xLineLies,
  "unreachable-source": unreachableSource,
  "ledger": ledger,
  "moved-tag": movedTag,
  "end-of-life": endOfLife,
  "class-approvals": classApprovals,
  "unmerged-source": unmergedSource,
  "duplicate": duplicate,
  "source-reverted": sourceReverted,
  "newer-lines-first": newerLinesFirst,
  "x-line": xLine,
  "author": author,
  "version-files": versionFiles,
  "reason": reason,
  "issue": issue,
  "signed": signed,
  "self-contained": selfContained,
  "one-concern": oneConcern,
  "message-form": messageForm,
};

export const RULES: readonly Rule[] = RULE_IDS.map((id) => BY_ID[id]);
