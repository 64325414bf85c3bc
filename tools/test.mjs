// `npm test`: everything a newcomer needs, then every check, cheapest first. Arguments after `--` go to vitest.
import { build, install, root, run, tool } from './setup.mjs';

install();
const step = (title, work) => {
  console.log(`\n── ${title}`);
  work();
};
step('format', () => run(tool('oxfmt'), ['--check', 'src', 'test', 'bench', 'tools']));
step('generated catalogues are current', () => run(process.execPath, ['tools/generate-catalogue.mjs', '--check']));
step('build', build);
step('types of tests and benches', () => run(tool('tsc'), ['-p', 'tsconfig.test.json']));
step('lint', () => run(tool('oxlint'), ['--type-aware', '--deny-warnings', 'src', 'test', 'bench']));
step('tests', () => run(tool('vitest'), ['run', ...process.argv.slice(2)], { cwd: root }));
