// `npm run bench`: every benchmark, or those whose names are given. Each prints ratios against a baseline of the same run.
// The product runs compiled, as users run it; only the benchmark itself is stripped of its types on the way.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, install, root } from './setup.mjs';

install();
build();
const { default: ts } = await import('typescript');
const out = join(root, 'dist', 'bench');
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const sources = readdirSync(join(root, 'bench')).filter((name) => name.endsWith('.ts'));
const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
const withoutTypes = (path) => ts.transpileModule(readFileSync(path, 'utf8'), { compilerOptions }).outputText;
for (const name of sources) {
  const text = withoutTypes(join(root, 'bench', name));
  writeFileSync(join(out, name.replace(/\.ts$/, '.js')), text.replaceAll("'../src/", "'../"));
}
// The fixtures of tests are not part of what is compiled; benchmarks use those of the policy room.
for (const name of readdirSync(join(root, 'src', 'policy'), { recursive: true })) {
  if (!name.endsWith('.fixture.ts')) continue;
  const text = withoutTypes(join(root, 'src', 'policy', name));
  writeFileSync(join(root, 'dist', 'policy', name.replace(/\.ts$/, '.js')), text);
}
const wanted = process.argv.slice(2);
const names = sources
  .filter((name) => name.endsWith('.bench.ts'))
  .map((name) => name.replace('.bench.ts', ''))
  .filter((name) => wanted.length === 0 || wanted.includes(name));
const missed = [];
for (const name of names) {
  console.log(`\n── ${name}`);
  const { bench } = await import(pathToFileURL(join(out, `${name}.bench.js`)).href);
  try {
    await bench((line) => console.log(line));
  } catch (error) {
    // One bound that is missed does not hide the figures of the others.
    missed.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    console.log(`  missed: ${missed.at(-1)}`);
  }
}
if (missed.length > 0) {
  console.log(
    `\n${missed.length} of ${names.length} missed their bounds:\n${missed.map((line) => `  ${line}`).join('\n')}`,
  );
  process.exitCode = 1;
}
