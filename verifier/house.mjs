// Takes the sentences that dsr has as well out of its own catalogues, so that page and program say the same.
//
// `src/messages/NAME.rs` becomes `src/house/NAME.js`: one function a message, with the same name and arguments.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const CATALOGUES = ['evidence', 'stamp', 'translog', 'level', 'seal', 'openings', 'profiles', 'case', 'rights', 'export', 'fault', 'look_up', 'runs', 'held'];
const MESSAGE = /^ *([a-z][a-z0-9_]*)\(([a-z0-9_, ]*)\) \{\s*en:\s*"((?:[^"\\]|\\.)*)",\s*de:\s*"((?:[^"\\]|\\.)*)",?\s*\}/gm;

/** A name that JavaScript keeps for itself gets a line under it. */
const free = (name) => (['case', 'default', 'delete', 'export', 'import', 'new'].includes(name) ? `${name}_` : name);

/** The words of a Rust string literal. */
function unescaped(literal) {
  return literal.replace(/\\(?:u\{([0-9a-f]+)\}|\n\s*|(.))/g, (all, point, sign) => {
    if (point) return String.fromCodePoint(parseInt(point, 16));
    return sign === undefined ? '' : { n: '\n', t: '\t' }[sign] ?? sign;
  });
}

/** A format string of Rust as a template of JavaScript. */
function template(literal, lang) {
  const words = JSON.stringify(unescaped(literal)).slice(1, -1).replaceAll('\\"', '"').replaceAll('`', '\\`').replaceAll('${', '\\${');
  const holes = words.replace(/\{\{|\}\}|\{([a-z0-9_]+)\}/g, (all, name) => (name ? `\${said(${free(name)}, '${lang}')}` : all[0]));
  return `\`${holes}\``;
}

export function generate(source, name) {
  const lines = [`// Made of src/messages/${name}.rs by house.mjs. Change it there.`, '', "import { said } from '../words.js';", ''];
  for (const [, message, args, en, de] of source.matchAll(MESSAGE)) {
    const names = args.split(',').map((arg) => free(arg.trim())).filter(Boolean);
    lines.push(`export const ${free(message)} = (${names.join(', ')}) => ({ en: ${template(en, 'en')}, de: ${template(de, 'de')} });`);
  }
  return `${lines.join('\n')}\n`;
}

export function generateAll() {
  mkdirSync(new URL('src/house/', import.meta.url), { recursive: true });
  for (const name of CATALOGUES) {
    const source = readFileSync(new URL(`../src/messages/${name}.rs`, import.meta.url), 'utf8');
    writeFileSync(new URL(`src/house/${name}.js`, import.meta.url), generate(source, name));
  }
}

if (process.argv[1] === new URL(import.meta.url).pathname) generateAll();
