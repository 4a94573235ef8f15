// What the tests share: files of the project, and zips written by hand.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { inspect, stream } from '../src/zip.js';

export const golden = (name) => readFileSync(new URL(`../../tests/golden/${name}`, import.meta.url));

/** A folder that is gone when the test is over. */
export function room(t) {
  const folder = mkdtempSync(join(tmpdir(), 'verifier-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return (name) => join(folder, name);
}

export const hasOpenssl = () => String(spawnSync('openssl', ['version']).stdout).startsWith('OpenSSL ');

/** Runs openssl without any configuration but the one that is named. */
export function openssl(folder, ...args) {
  return execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, OPENSSL_CONF: '/dev/null' } });
}

/** The files of a zip, by name, in their order. */
export async function unpack(bytes) {
  const blob = new Blob([bytes]);
  const entries = (await inspect(blob)).sort((a, b) => a.offset - b.offset);
  const files = new Map();
  for (const entry of entries) {
    const parts = [];
    await stream(blob, entry, (piece) => void parts.push(piece.slice()));
    files.set(entry.name, Buffer.concat(parts));
  }
  return files;
}

/** A zip with every file stored. */
export function pack(files) {
  const [locals, directory] = [[], []];
  let offset = 0;
  for (const [name, bytes] of files) {
    const common = Buffer.alloc(10);
    common.writeUInt16LE(10, 0);
    const facts = Buffer.alloc(16);
    facts.writeUInt32LE(crc32(bytes), 0);
    facts.writeUInt32LE(bytes.length, 4);
    facts.writeUInt32LE(bytes.length, 8);
    facts.writeUInt16LE(name.length, 12);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, facts, Buffer.from(name), bytes]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x03', 'latin1'), common, facts, rest, Buffer.from(name)]));
    locals.push(local);
    offset += local.length;
  }
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  const size = directory.reduce((sum, one) => sum + one.length, 0);
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, ...directory, end]);
}
