// An authority of its own, and a certificate for 127.0.0.1 and localhost that it signed. Made anew each time.
import { finished } from "./process.ts";
import type { Sandbox } from "./sandbox.ts";

export interface Certificate {
  readonly file: string;
  readonly key: string;
  /** The authority's certificate, which clients are to trust. */
  readonly authority: string;
}

export async function certificate(sandbox: Sandbox, name = "tls"): Promise<Certificate> {
  const at = (file: string): string => sandbox.path(name, file);
  const extensions = sandbox.write(`${name}/extensions`, "subjectAltName=IP:127.0.0.1,DNS:localhost\n");
  const openssl = async (...args: string[]): Promise<void> => {
    const done = await finished("openssl", args, { cwd: sandbox.root, env: sandbox.env });
    if (done.status !== 0) throw new Error(`openssl ${args.join(" ")}\n${done.stderr.toString()}`);
  };
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  await openssl("req", "-x509", ...newKey, "-keyout", at("ca.key"), "-out", at("ca.crt"), "-subj", "/CN=authority");
  await openssl("req", ...newKey, "-keyout", at("server.key"), "-out", at("server.csr"), "-subj", "/CN=localhost");
  const signed = ["-CA", at("ca.crt"), "-CAkey", at("ca.key"), "-CAcreateserial", "-extfile", extensions];
  await openssl("x509", "-req", "-in", at("server.csr"), "-out", at("server.crt"), ...signed);
  return { file: at("server.crt"), key: at("server.key"), authority: at("ca.crt") };
}
