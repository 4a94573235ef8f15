// JSON as a bundle may contain it: every member named once.
//
// `JSON.parse` keeps the last of two members of the same name, where other readers keep the first or refuse. A line that is written
// back as it stands has no such trick; any other is looked through sign by sign.

import { text } from './bytes.js';

/** The value of JSON bytes; undefined if they are none, or say something twice. */
export function parse(bytes) {
  const words = text(bytes);
  if (words === null) return undefined;
  try {
    const value = JSON.parse(words);
    return JSON.stringify(value) === words || isUnambiguous(words) ? value : undefined;
  } catch {
    // No JSON, or nested deeper than anything honest.
    return undefined;
  }
}

/** Looks through text that is known to be JSON for members of the same name, and for numbers that are written as fractions. */
function isUnambiguous(words) {
  const open = [];
  for (const [token] of words.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:,]|-?[0-9][0-9.eE+-]*/g)) {
    const inner = open.at(-1);
    if (token === '{' || token === '[') {
      open.push({ names: token === '{' ? new Set() : null, awaitsName: token === '{' });
      if (open.length > 100) return false;
    } else if (token === '}' || token === ']') {
      open.pop();
    } else if (token === ',') {
      if (inner) inner.awaitsName = inner.names !== null;
    } else if (token[0] === '"' && inner?.awaitsName) {
      const name = JSON.parse(token);
      if (inner.names.has(name)) return false;
      inner.names.add(name);
      inner.awaitsName = false;
    } else if (/^-?[0-9]/.test(token) && !/^-?[0-9]+$/.test(token)) {
      return false;
    }
  }
  return true;
}

/** Whether a value is a whole number that can count something. */
export const isCount = (value) => Number.isSafeInteger(value) && value >= 0;
export const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
