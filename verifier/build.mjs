// Makes `verify.html`: one file with its style and its program inside, and a policy that lets nothing else in and nothing out.
//
//   node build.mjs           writes it
//   node build.mjs --check   compares it with what is there, byte for byte

import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { generateAll } from './house.mjs';

const at = (path) => new URL(path, import.meta.url);
const sha256 = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

generateAll();
const bundled = await build({
  entryPoints: [at('src/main.js').pathname],
  absWorkingDir: at('.').pathname,
  bundle: true,
  format: 'iife',
  target: ['chrome113', 'firefox115', 'safari17'],
  minify: true,
  charset: 'utf8',
  legalComments: 'none',
  write: false,
  metafile: true,
});
const script = `\n${bundled.outputFiles[0].text}`;
// Folding blanks is all: the style stays as it was written.
const style = readFileSync(at('src/style.css'), 'utf8').replace(/\s*\n\s*/g, '\n');
if (/<\/script|<!--/i.test(script) || /<\/style/i.test(style)) throw new Error('the program would end too early');

/** The packages that are inside, with their licences. */
function licences() {
  const inputs = Object.keys(bundled.metafile.inputs);
  const names = new Set(inputs.map((input) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1]).filter(Boolean));
  const one = (name) => {
    const folder = `node_modules/${name}/`;
    const { version, license } = JSON.parse(readFileSync(at(`${folder}package.json`), 'utf8'));
    const file = readdirSync(at(folder)).find((entry) => /^licen[cs]e/i.test(entry));
    return `${name} ${version} (${license})\n\n${readFileSync(at(folder + file), 'utf8').trim()}`;
  };
  const words = [...names].sort().map(one).join('\n\n');
  return `dsr's verifier of evidence bundles (MIT OR Apache-2.0) with parts of:\n\n${words.replaceAll('--', '- -')}`;
}

const policy = [
  "default-src 'none'",
  `script-src ${sha256(script)}`,
  `style-src ${sha256(style)}`,
  "connect-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const parts = { POLICY: policy, STYLE: style, SCRIPT: script, LICENCES: licences() };
const page = readFileSync(at('src/page.html'), 'utf8').replace(/\b(POLICY|STYLE|SCRIPT|LICENCES)\b/g, (name) => parts[name]);

if (process.argv.includes('--check')) {
  if (readFileSync(at('verify.html'), 'utf8') !== page) {
    console.error('verify.html is not what its sources make; run `npm run build` in the folder verifier');
    process.exit(1);
  }
} else {
  writeFileSync(at('verify.html'), page);
  console.log(`verify.html: ${Buffer.byteLength(page)} bytes`);
}
