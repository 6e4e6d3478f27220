// Why two commits are taken for the same fix, in a few words; and where a message and the contents disagree.
import { unreachable } from "../../error.ts";
import type { Disagreement, Match, MatchEvidence } from "../../wire/match.ts";
import { shortId } from "./view.ts";

/** Reasons that are told, strongest first. */
const TOLD = 3;

/** `97 %: 82 % of its lines, the same subject, the same author`. */
export function matchText({ score, evidence }: Match): string {
  const reasons = evidence.flatMap(reason).slice(0, TOLD);
  const likely = `${Math.min(99, Math.floor(score * 100))} %`;
  if (evidence.some(({ kind }) => kind === "judged")) return reasons.join(", ");
  return reasons.length === 0 ? likely : `${likely}: ${reasons.join(", ")}`;
}

/** Nothing for what speaks only a little. */
function reason(one: MatchEvidence): string[] {
  switch (one.kind) {
    case "ancestor":
      return ["in its history"];
    case "judged":
      return [`${one.by} says so: ${one.reason}`];
    case "picked-from":
      return ["its message names it"];
    case "patch-id":
    case "patch-id-without-context":
      return ["the same changed lines"];
    case "white-space":
      return ["the same but for white space"];
    case "re-pick":
      return ["picking it anew gives the same files"];
    case "lines":
      return one.ofSource < 0.2 ? [] : [`${Math.round(one.ofSource * 100)} % of its lines`];
    case "subject":
      return one.similarity < 0.5 ? [] : [one.similarity === 1 ? "the same subject" : "a subject like it"];
    case "message":
      return one.similarity < 0.5 ? [] : ["a message like it"];
    case "author":
      return ["the same author"];
    case "date":
      return ["the same date"];
    case "pull-request":
      return [`pull request #${one.number}`];
    default:
      return unreachable(one);
  }
}

/** One sentence a disagreement. */
export function warningTexts(match: Match | null): string[] {
  if (match === null) return [];
  const commit = shortId(match.commit);
  return match.disagreements.map((one) => warning(commit, one));
}

function warning(commit: string, one: Disagreement): string {
  switch (one.kind) {
    case "picked-from-unlike":
      return `${commit} says that it was picked from ${shortId(one.named)}, and does something else`;
    case "picked-from-another":
      return `${commit} says that it was picked from ${shortId(one.named)}, and is like another commit`;
    case "picked-from-missing":
      return `${commit} says that it was picked from ${shortId(one.named)}, which is not here`;
    case "judged":
      return `${one.by} says that ${commit} is another fix: ${one.reason}`;
    default:
      return unreachable(one);
  }
}
