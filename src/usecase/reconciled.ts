// A workspace for verbs that move things: what killed runs left is ended before anything is read.
import { reconcile } from "../apply/advance.ts";
import { withWorkspace, type Deps, type Workspace } from "./workspace.ts";

/** `withWorkspace` after `reconcile`. Where that moved refs, everything is read again. */
export async function withReconciled<T>(deps: Deps, use: (workspace: Workspace) => Promise<T>): Promise<T> {
  const first = await withWorkspace(deps, async (workspace) => {
    const ended = await reconcile(workspace.repository);
    for (const { transaction, kind } of ended) {
      workspace.onNotice?.({ lines: [...new Set(transaction.updates.map(({ line }) => line))], result: kind });
    }
    return ended.length > 0 ? null : { value: await use(workspace) };
  });
  return first === null ? withWorkspace(deps, use) : first.value;
}
