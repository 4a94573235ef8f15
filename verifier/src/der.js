// ASN.1 in DER, strictly: asn1js takes the bytes apart, and what is BER but not DER is refused, so that no two readers can
// understand the same bytes in different ways.

import { fromBER } from 'asn1js';
import { compare, concat } from './bytes.js';

/** Tags of the universal class. */
export const BOOLEAN = 1;
export const INTEGER = 2;
export const BITS = 3;
export const OCTETS = 4;
export const OID = 6;
export const SEQUENCE = 16;
export const SET = 17;
export const UTC_TIME = 23;
export const TIME = 24;
const NULL = 5;

/** Something that is not the DER it should be. */
export class NoDer extends Error {}

const CLASSES = { 1: 'universal', 2: 'application', 3: 'context', 4: 'private' };
const HEAD = 2;

/** An element: its whole bytes, its content, and its parts if it has any. */
export class Element {
  constructor(block) {
    this.block = block;
    this.raw = block.valueBeforeDecodeView;
    this.class = CLASSES[block.idBlock.tagClass];
    this.tag = block.idBlock.tagNumber;
    this.isConstructed = block.idBlock.isConstructed;
    const length = this.raw.length;
    const head = length < 128 + HEAD ? HEAD : lengthOfHead(length);
    if (block.lenBlock.isIndefiniteForm || block.idBlock.blockLength !== 1 || block.idBlock.blockLength + block.lenBlock.blockLength !== head) {
      throw new NoDer('length');
    }
    this.content = this.raw.subarray(head);
    this.parts = this.isConstructed ? block.valueBlock.value.map((part) => new Element(part)) : [];
    // asn1js forgives lengths that do not fit what is there.
    const inner = this.parts.reduce((size, part) => size + part.raw.length, 0);
    if (block.lenBlock.length !== this.content.length || (this.isConstructed && inner !== this.content.length)) throw new NoDer('length');
    this.#check();
  }

  #check() {
    if (this.class !== 'universal') return;
    const { content } = this;
    if (this.isConstructed !== (this.tag === SEQUENCE || this.tag === SET)) throw new NoDer('form');
    const wrong =
      (this.tag === BOOLEAN && (content.length !== 1 || ![0, 255].includes(content[0]))) ||
      (this.tag === NULL && content.length !== 0) ||
      (this.tag === INTEGER && !isShortest(content)) ||
      (this.tag === BITS && (content.length === 0 || content[0] > 7));
    if (wrong) throw new NoDer('value');
  }

  is(tag) {
    return this.class === 'universal' && this.tag === tag;
  }

  /** Whether it is the context-specific element with this number. */
  isContext(number) {
    return this.class === 'context' && this.tag === number;
  }

  /** The parts of a sequence or set. */
  of(tag) {
    if (!this.is(tag)) throw new NoDer('tag');
    return this.parts;
  }

  /** The content of a primitive element. */
  bytes(tag) {
    if (!this.is(tag)) throw new NoDer('tag');
    return this.content;
  }

  get oid() {
    if (!this.is(OID)) throw new NoDer('tag');
    return this.block.valueBlock.toString();
  }

  /** A small whole number. */
  get number() {
    const bytes = this.bytes(INTEGER);
    if (bytes.length > 4 || bytes[0] & 0x80) throw new NoDer('number');
    return bytes.reduce((value, byte) => value * 256 + byte, 0);
  }

  /** The bytes of a bit string that ends with a whole byte. */
  get bits() {
    const bytes = this.bytes(BITS);
    if (bytes[0] !== 0) throw new NoDer('bits');
    return bytes.subarray(1);
  }

  /** Bits by their number, the first one is 0. */
  get flags() {
    const bytes = this.bytes(BITS).subarray(1);
    return (bit) => ((bytes[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0;
  }

  /** Seconds since 1970, fractions cut off. */
  get seconds() {
    const words = String.fromCharCode(...this.content);
    let parts;
    if (this.is(UTC_TIME)) {
      parts = /^()(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(words);
    } else if (this.is(TIME)) {
      parts = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.\d*[1-9])?Z$/.exec(words);
    }
    if (!parts) throw new NoDer('time');
    const [century, year, month, day, hour, minute, second] = parts.slice(1).map(Number);
    const whole = this.is(TIME) ? century * 100 + year : year + (year >= 50 ? 1900 : 2000);
    const time = Date.UTC(whole, month - 1, day, hour, minute, second);
    const back = new Date(time);
    if (back.getUTCMonth() !== month - 1 || back.getUTCDate() !== day || hour > 23 || minute > 59 || second > 59) throw new NoDer('time');
    return Math.floor(time / 1000);
  }
}

/** Head of an element whose whole length is known: tag, and the shortest form of its length. */
function lengthOfHead(length) {
  for (let count = 1; count < 5; count += 1) {
    if (length - HEAD - count < 256 ** count) return HEAD + count;
  }
  throw new NoDer('length');
}

function isShortest(content) {
  if (content.length === 0) return false;
  const [first, second] = content;
  return content.length === 1 || !((first === 0 && second < 128) || (first === 255 && second >= 128));
}

/** The element that all these bytes are. */
export function decode(bytes) {
  const { offset, result } = fromBER(bytes);
  if (offset !== bytes.length || result.error) throw new NoDer(result.error || 'more follows');
  return new Element(result);
}

/** The bytes of an element with this tag and content. */
export function encode(tag, content) {
  const length = [];
  if (content.length < 128) {
    length.push(content.length);
  } else {
    for (let rest = content.length; rest > 0; rest = Math.floor(rest / 256)) length.unshift(rest % 256);
    length.unshift(0x80 | length.length);
  }
  return concat([Uint8Array.of(tag, ...length), content]);
}

/** The DER of a set of these members. */
export function setOf(members) {
  return encode(0x31, concat(members.map(({ raw }) => raw).sort(compare)));
}
