// The form of a bundle's zip, checked byte for byte before anything in it is read.
//
// Zip readers disagree about files that are not quite right. So a bundle must be exactly this: entries one after the other from
// byte 0, each named once, then the directory with the same facts in the same order, then the end record, then nothing.

import { printable } from './bytes.js';
import { Refusal, reason } from './reason.js';
import * as say from './house/evidence.js';

/** Most entries a bundle may have. */
const MOST_FILES = 1000;
/** Most bytes of all files together, and how many times the size of the zip they may be. */
const MOST_BYTES = 64 * 2 ** 30;
const MOST_EXPANSION = 200;
const SMALL = 64 * 2 ** 20;
/** Other writers add a date or two; more could hide something. */
const MOST_EXTRA = 64;

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const DESCRIPTOR = 0x08074b50;
/** Gives an entry another name than its header (Info-ZIP, Unicode path). */
const OTHER_NAME = 0x7075;
const SIZES_FOLLOW = 1 << 3;
const HARMLESS_FLAGS = SIZES_FOLLOW | (1 << 11) | 0b110;

export const MIMETYPE = 'application/vnd.etsi.asic-e+zip';

const refuse = (what) => new Refusal(reason('E710', what));

async function read(blob, at, length) {
  return new DataView(await blob.slice(at, at + length).arrayBuffer());
}

/** All entries, sorted by name. Throws a refusal if the form is bad. */
export async function inspect(blob) {
  const { entries, start } = await directory(blob);
  let offset = 0;
  for (const entry of entries) {
    if (entry.offset !== offset) throw refuse(say.zip_gap(entry.name));
    offset = await end(blob, entry, start);
  }
  if (offset !== start) throw refuse(say.zip_gap('-'));
  await begins(blob);
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** EN 319 162-1, A.1: file type recognition reads the type at a fixed place. */
async function begins(blob) {
  const head = await read(blob, 0, 38 + MIMETYPE.length);
  const words = String.fromCharCode(...new Uint8Array(head.buffer).subarray(30));
  if (head.byteLength < 38 || head.getUint16(8, true) !== 0 || words !== `mimetype${MIMETYPE}`) throw refuse(say.zip_mimetype());
}

/** The entries of the directory in its order, and where it begins. */
async function directory(blob) {
  // Without a comment, the end record is the last 22 bytes; a comment could hold another end record.
  const endAt = blob.size - 22;
  if (endAt < 0) throw refuse(say.zip_end());
  const last = await read(blob, endAt, 22);
  const count = last.getUint16(10, true);
  const [size, start] = [last.getUint32(12, true), last.getUint32(16, true)];
  const isPlain =
    last.getUint32(0, true) === END &&
    last.getUint32(4, true) === 0 &&
    last.getUint16(8, true) === count &&
    last.getUint16(20, true) === 0 &&
    start + size === endAt;
  if (!isPlain) throw refuse(say.zip_end());
  if (count > MOST_FILES || size > 1024 * MOST_FILES) throw refuse(say.too_many_files(MOST_FILES));

  const view = await read(blob, start, size);
  const entries = [];
  const names = new Set();
  let total = 0;
  let at = 0;
  while (at < size) {
    if (at + 46 > size || view.getUint32(at, true) !== CENTRAL) throw refuse(say.zip_end());
    const entry = one(view, at);
    if (names.has(entry.name.toLowerCase())) throw refuse(say.zip_twice(entry.name));
    names.add(entry.name.toLowerCase());
    plainFile(view, at, entry);
    total += entry.size;
    entries.push(entry);
    at += entry.length;
  }
  if (at !== size || entries.length !== count) throw refuse(say.zip_end());
  if (total > Math.min(MOST_BYTES, Math.max(blob.size * MOST_EXPANSION, SMALL))) throw refuse(say.too_large());
  return { entries, start };
}

/** What the directory says at a place. */
function one(view, at) {
  const nameLength = view.getUint16(at + 28, true);
  if (at + 46 + nameLength > view.byteLength) throw refuse(say.zip_end());
  const bytes = new Uint8Array(view.buffer, at + 46, nameLength);
  const name = printable(bytes);
  if (!isProperName(name) || nameLength !== name.length) throw refuse(say.zip_name(name));
  return {
    name,
    flags: view.getUint16(at + 8, true),
    method: view.getUint16(at + 10, true),
    // Version needed, flags, method, time and date: the same words in both headers.
    common: new Uint8Array(view.buffer, at + 6, 10),
    crc: view.getUint32(at + 16, true),
    packed: view.getUint32(at + 20, true),
    size: view.getUint32(at + 24, true),
    offset: view.getUint32(at + 42, true),
    length: 46 + nameLength + view.getUint16(at + 30, true),
  };
}

/** Only regular files, packed in the two usual ways. */
function plainFile(view, at, { name, flags, method, packed, size, length }) {
  const extra = view.getUint16(at + 30, true);
  // The file type of a Unix host lies in the upper half.
  const kind = view.getUint32(at + 38, true) >>> 28;
  const isPlain =
    (flags & ~HARMLESS_FLAGS) === 0 &&
    (method === 0 || method === 8) &&
    (kind === 0 || kind === 8) &&
    view.getUint16(at + 32, true) === 0 &&
    view.getUint16(at + 34, true) === 0 &&
    extra <= MOST_EXTRA &&
    packed !== 0xffffffff &&
    size !== 0xffffffff;
  if (!isPlain) throw refuse(say.zip_kind(name));
  if (method === 0 && packed !== size) throw refuse(say.zip_headers_differ(name));
  for (let field = at + length - extra; field + 4 <= Math.min(at + length, view.byteLength); ) {
    if (view.getUint16(field, true) === OTHER_NAME) throw refuse(say.zip_headers_differ(name));
    field += 4 + view.getUint16(field + 2, true);
  }
}

/** Where the entry ends, if its own header says what the directory says. Notes where its data begin. */
async function end(blob, entry, start) {
  const differs = refuse(say.zip_headers_differ(entry.name));
  if (entry.offset + 30 > start) throw differs;
  const head = await read(blob, entry.offset, 30 + entry.name.length);
  if (head.byteLength < 30 + entry.name.length) throw differs;
  const bytes = new Uint8Array(head.buffer);
  const extra = head.getUint16(28, true);
  entry.data = entry.offset + 30 + entry.name.length + extra;
  const after = entry.data + entry.packed;
  const same =
    head.getUint32(0, true) === LOCAL &&
    extra <= MOST_EXTRA &&
    entry.common.every((byte, at) => byte === bytes[4 + at]) &&
    head.getUint16(26, true) === entry.name.length &&
    after <= start &&
    printable(bytes.subarray(30)) === entry.name;
  if (!same) throw differs;
  const states = (view, at) =>
    view.getUint32(at, true) === entry.crc && view.getUint32(at + 4, true) === entry.packed && view.getUint32(at + 8, true) === entry.size;
  if (!(entry.flags & SIZES_FOLLOW)) {
    if (!states(head, 14)) throw differs;
    return after;
  }
  if (after + 16 > start) throw differs;
  const descriptor = await read(blob, after, 16);
  if (descriptor.getUint32(0, true) !== DESCRIPTOR || !states(descriptor, 4)) throw differs;
  return after + 16;
}

/** At most 100 signs of `A-Z a-z 0-9 . _ - /`, relative, no empty or dotted part. */
export function isProperName(name) {
  return name.length <= 100 && /^[A-Za-z0-9._/-]*$/.test(name) && name.split('/').every((part) => !['', '.', '..'].includes(part));
}

const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** Hands a file's unpacked bytes over piece by piece; false if it is damaged. */
export async function stream(blob, entry, sink) {
  let source = blob.slice(entry.data, entry.data + entry.packed).stream();
  if (entry.method === 8) source = source.pipeThrough(new DecompressionStream('deflate-raw'));
  const reader = source.getReader();
  let size = 0;
  let crc = 0xffffffff;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      // What goes on past the stated size is cut, so that its digest cannot match.
      const piece = value.subarray(0, Math.max(0, entry.size + 1 - size));
      for (let at = 0; at < piece.length; at += 1) crc = CRC[(crc ^ piece[at]) & 0xff] ^ (crc >>> 8);
      size += value.length;
      const wait = sink(piece);
      if (wait) await wait;
      if (size > entry.size) {
        await reader.cancel();
        break;
      }
    }
  } catch {
    return false;
  }
  return size === entry.size && (crc ^ 0xffffffff) >>> 0 === entry.crc;
}
