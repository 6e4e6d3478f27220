// Lets a person edit a message with the editor that git would start.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppError, isAppError } from "../error.ts";
import { run, text, type GitContext } from "../git/run.ts";

/**
 * Opens the message and gives what was saved, with blank lines at both ends taken away and one newline at the end;
 * nothing else is changed, and `#` begins no comment. Throws `apply-refused` if the editor fails or nothing is left.
 */
export async function editMessage(context: GitContext, message: string, outputIsTerminal: boolean): Promise<string> {
  const editor = await text(context, ["var", "GIT_EDITOR"]).catch((cause: unknown) => {
    throw new AppError("usage", "Cannot edit the message: git names no editor", {
      cause,
      hint: "git config core.editor nano",
    });
  });
  const directory = mkdtempSync(join(tmpdir(), "morello-message-"));
  const file = join(directory, "COMMIT_EDITMSG"); // editors know the format by this name
  try {
    writeFileSync(file, message);
    // As git does it: the shell reads the editor's own arguments. A screen that is not stdout's goes to stderr's.
    const script = `${editor} "$@"${outputIsTerminal ? "" : " >&2"}`;
    await run(context, ["-c", script, editor, file], { program: "sh", inherit: true });
    const edited = readFileSync(file, "utf8")
      .replace(/^(?:[ \t\r]*\n)+/, "")
      .trimEnd();
    if (edited === "") throw new AppError("apply-refused", "The edited message is empty; nothing was moved");
    return `${edited}\n`;
  } catch (cause) {
    if (!isAppError(cause, "git-failed")) throw cause;
    const status = typeof cause.data["status"] === "number" ? ` (exit status ${cause.data["status"]})` : "";
    throw new AppError("apply-refused", `The editor failed${status}: ${editor}; nothing was moved`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
