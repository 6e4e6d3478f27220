// A process that indexes the commits of some tips and says how many it can tell of: what `commit-index.test.ts` starts
// several of at once, and kills. Arguments: the repository's path and its tips.
import { openRepository } from "../../src/git/repository.ts";
import { Scratch } from "../../src/git/scratch.ts";
import { CommitIndex } from "../../src/index/commit-index.ts";
import { loadHistory } from "../../src/index/history.ts";
import { openStore } from "../../src/index/store.ts";

const [path = "", ...tips] = process.argv.slice(2);
const repository = await openRepository(path, process.env);
const scratch = new Scratch(repository);
const store = await openStore(repository);
const graph = await loadHistory(repository, scratch, store, tips);
const index = new CommitIndex(scratch, store, graph);
const numbers = [...Array(graph.size).keys()];
await index.prepare(numbers);
const told = numbers.filter((number) => index.facts(number) !== null).length;
await store.close();
scratch.close();
process.stdout.write(String(told));
