// A package that the base already has, as a wheel of metadata alone: pip's resolver can hold it, and nothing of it is
// installed.
import { crc32 } from "node:zlib";

export interface Stub {
  readonly name: string;
  /** PEP 440; a pre-release such as 2.7.0a0+79aa17489c is fine. */
  readonly version: string;
}

/** A zip of two stored files. */
export function stubWheel({ name, version }: Stub): { readonly file: string; readonly bytes: Buffer } {
  const stem = `${name.replaceAll("-", "_")}-${version}`;
  const files = [
    [`${stem}.dist-info/METADATA`, `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`],
    [`${stem}.dist-info/WHEEL`, "Wheel-Version: 1.0\nGenerator: morello\nRoot-Is-Purelib: true\nTag: py3-none-any\n"],
    [`${stem}.dist-info/RECORD`, ""],
  ] as const;
  return { file: `${stem}-py3-none-any.whl`, bytes: storedZip(files) };
}

/** Files stored as they are, dated 1980-01-01. Source: PKWARE, APPNOTE.TXT 4.3. */
export function storedZip(files: readonly (readonly [path: string, text: string])[]): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [path, text] of files) {
    const [name, content] = [Buffer.from(path), Buffer.from(text)];
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0); // version needed
    common.writeUInt16LE(0x21, 8); // the day: 1980-01-01
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(content.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), common, name, content]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from("PK\x01\x02"), Buffer.from([20, 0]), common, place, name]));
    bodies.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", 0, "latin1");
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, central, end]);
}
