// Where a person opens a change for review, from the remote's URL alone: no API, no token.

/** Host and path of a remote, whatever form its URL has; null for paths and files. */
export function parseRemoteUrl(url: string): { readonly host: string; readonly path: string } | null {
  const web = /^(?:https?|ssh|git):\/\/(?:[^@/]*@)?([^/:]+)(?::(\d+))?\/(.+?)(?:\.git)?\/?$/.exec(url);
  if (web !== null) {
    const [, host = "", port, path = ""] = web;
    const keepsPort = port !== undefined && url.startsWith("http");
    return { host: keepsPort ? `${host}:${port}` : host, path };
  }
  const scp = /^(?:[^@/:]+@)?([^/:]+\.[^/:]+|localhost):(?!\/\/)(.+?)(?:\.git)?\/?$/.exec(url);
  return scp === null ? null : { host: scp[1] ?? "", path: (scp[2] ?? "").replace(/^\//, "") };
}

/** The page that compares `branch` with `base` and offers to open a pull or merge request. Null if there is no forge. */
export function compareUrl(remote: string, base: string, branch: string): string | null {
  const found = parseRemoteUrl(remote);
  if (found === null) return null;
  const root = `${remote.startsWith("http://") ? "http" : "https"}://${found.host}/${found.path}`;
  const escape = (name: string): string => name.split("/").map(encodeURIComponent).join("/");
  if (/(^|[.-])gitlab/i.test(found.host)) {
    const query = `merge_request%5Bsource_branch%5D=${encodeURIComponent(branch)}&merge_request%5Btarget_branch%5D=${encodeURIComponent(base)}`;
    return `${root}/-/merge_requests/new?${query}`;
  }
  const page = `${root}/compare/${escape(base)}...${escape(branch)}`;
  return /(^|[.-])(gitea|forgejo|codeberg)/i.test(found.host) ? page : `${page}?expand=1`;
}
