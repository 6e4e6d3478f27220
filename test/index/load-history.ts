// A process that loads the history of a repository and says how many commits it holds: what `history.test.ts` starts
// several of at once. Arguments: the repository's path and its tips.
import { openRepository } from "../../src/git/repository.ts";
import { Scratch } from "../../src/git/scratch.ts";
import { loadHistory } from "../../src/index/history.ts";
import { openStore } from "../../src/index/store.ts";

const [path = "", ...tips] = process.argv.slice(2);
const repository = await openRepository(path, process.env);
const scratch = new Scratch(repository);
const store = await openStore(repository);
const graph = await loadHistory(repository, scratch, store, tips);
await store.close();
scratch.close();
process.stdout.write(String(graph.size));
