import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

/** Style is a test. Numbers are ratchets: they may only get stricter. */
const LINES_MAX = 400;
const LINES_MEDIAN_MAX = 100;
const FUNCTION_LINES_MAX = 70;

const root = join(import.meta.dirname, '..');
const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => path !== '' && existsSync(join(root, path)));
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const isGenerated = (path: string) => path.startsWith('src/reference/generated/') || path.endsWith('/catalogue.ts');
const isTest = (path: string) => path.endsWith('.test.ts') || path.startsWith('test/');
const sources = tracked.filter((path) => /^(src|bench|test)\/.*\.ts$/.test(path) && !isGenerated(path));
const product = sources.filter((path) => path.startsWith('src/') && !isTest(path) && !path.endsWith('.fixture.ts'));
const rooms = readdirSync(join(root, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());

describe('sizes', () => {
  const lengths = product.map((path) => ({ path, lines: read(path).split('\n').length }));

  it(`no source file is longer than ${LINES_MAX} lines`, () => {
    expect(lengths.filter(({ lines }) => lines > LINES_MAX)).toEqual([]);
  });

  it(`the median source file has at most ${LINES_MEDIAN_MAX} lines`, () => {
    const sorted = lengths.map(({ lines }) => lines).sort((a, b) => a - b);
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThanOrEqual(LINES_MEDIAN_MAX);
  });

  it(`no function is longer than ${FUNCTION_LINES_MAX} lines`, () => {
    expect(product.flatMap((path) => longFunctions(path))).toEqual([]);
  });
});

describe('names', () => {
  it('no file is a heap of odds and ends', () => {
    const heaps = sources.filter((path) => /^(utils?|helpers?|common|misc|shared)\.ts$/.test(basename(path)));
    expect(heaps).toEqual([]);
  });

  it('no room is empty', () => {
    const empty = rooms.filter(({ name }) => !product.some((path) => path.startsWith(`src/${name}/`)));
    expect(empty.map(({ name }) => name)).toEqual([]);
  });

  it('every room has its line in the architecture page', () => {
    const page = read('docs/ARCHITECTURE.md');
    expect(rooms.filter(({ name }) => !page.includes(`\`${name}\``)).map(({ name }) => name)).toEqual([]);
  });
});

describe('pages', () => {
  const folders = (pattern: RegExp) => tracked.filter((path) => pattern.test(path)).map((path) => dirname(path));

  it('every control has a page and a test', () => {
    const controls = folders(/^src\/controls\/.+\/control\.ts$/);
    expect(controls.length).toBeGreaterThan(0);
    for (const folder of controls) {
      expect(existsSync(join(root, folder, 'README.md')), `${folder}/README.md`).toBe(true);
      expect(existsSync(join(root, folder, 'control.test.ts')), `${folder}/control.test.ts`).toBe(true);
    }
  });

  it('every playbook has a page and a test', () => {
    const playbooks = folders(/^src\/playbooks\/.+\/playbook\.ts$/);
    expect(playbooks.length).toBeGreaterThan(0);
    for (const folder of playbooks) {
      expect(existsSync(join(root, folder, 'README.md')), `${folder}/README.md`).toBe(true);
      expect(existsSync(join(root, folder, 'playbook.test.ts')), `${folder}/playbook.test.ts`).toBe(true);
    }
  });

  it('every service of the twin has its behaviour page', () => {
    const services = folders(/^src\/twin\/services\/[^/]+\/service\.ts$/);
    expect(services.length).toBeGreaterThan(0);
    for (const folder of services) {
      expect(existsSync(join(root, folder, `${basename(folder)}.md`)), folder).toBe(true);
    }
  });

  it('every link to a file in a page leads somewhere', () => {
    const broken = tracked
      .filter((path) => path.endsWith('.md'))
      .flatMap((path) =>
        [...read(path).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)]
          .map(([, target = '']) => join(dirname(path), target))
          .filter((target) => !existsSync(join(root, target)))
          .map((target) => `${path} → ${target}`),
      );
    expect(broken).toEqual([]);
  });
});

describe('banned text, with what to write in its place', () => {
  const banned: readonly {
    readonly text: RegExp;
    readonly instead: string;
    readonly where?: (path: string) => boolean;
  }[] = [
    { text: /\b(TODO|FIXME|XXX)\b/, instead: 'do it, or refuse with an error that says what is unsupported' },
    { text: /(^|[^\w.])\/(work|root|home)\/\w/m, instead: 'a path relative to the project' },
    { text: /registry\.npmjs\.org|deb\.debian\.org|pypi\.org/, instead: 'the package name alone' },
    {
      text: /\bconsole\.\w+\(/,
      instead: 'report an event; only tools print',
      where: (path) => path.startsWith('src/'),
    },
    { text: /^export default/m, instead: 'a named export', where: (path) => path.startsWith('src/') },
    { text: /\.only\(|\.skip\(/, instead: 'the whole test, or skipIf with a reason', where: isTest },
    { text: /: any\b|as any\b|<any>/, instead: 'the real type, or unknown', where: (path) => path.endsWith('.ts') },
  ];
  const texts = tracked.filter(
    (path) => /\.(ts|mjs|md|json|ya?ml)$|^\.ci\/run$/.test(path) && path !== 'test/tidy.test.ts' && !isGenerated(path),
  );
  it.each(banned)('$text → $instead', ({ text, where }) => {
    expect(texts.filter((path) => (where?.(path) ?? true) && text.test(read(path)))).toEqual([]);
  });
});

describe('dependencies', () => {
  const allowed = new Set(['Apache-2.0', 'MIT', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', '0BSD', '(MIT OR CC0-1.0)']);
  const lock = JSON.parse(read('package-lock.json')) as {
    packages: Record<string, { license?: string; dev?: boolean; resolved?: string }>;
  };

  it('every package that ships has a licence that goes with Apache-2.0', () => {
    const other = Object.entries(lock.packages)
      .filter(([path, { dev }]) => path !== '' && dev !== true)
      .filter(([, { license }]) => !allowed.has(license ?? 'none'));
    expect(other.map(([path, { license }]) => `${path}: ${license}`)).toEqual([]);
  });

  it('versions are pinned, and the lock file names no registry', () => {
    const manifest = JSON.parse(read('package.json')) as Record<
      'dependencies' | 'devDependencies',
      Record<string, string>
    >;
    const versions = { ...manifest.dependencies, ...manifest.devDependencies };
    expect(Object.entries(versions).filter(([, version]) => /[\^~*]/.test(version))).toEqual([]);
    expect(Object.values(lock.packages).filter(({ resolved }) => resolved !== undefined)).toEqual([]);
  });
});

function longFunctions(path: string): string[] {
  const file = ts.createSourceFile(path, read(path), ts.ScriptTarget.ES2022, true);
  const long: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) {
      const start = file.getLineAndCharacterOfPosition(node.getStart(file)).line;
      const lines = file.getLineAndCharacterOfPosition(node.end).line - start + 1;
      if (lines > FUNCTION_LINES_MAX) long.push(`${path}:${start + 1} has ${lines} lines`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return long;
}
