import { existsSync, readdirSync, readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Resource } from '../estate/estate.js';
import type { TypeName } from '../estate/resource-types.js';
import { playbooks } from '../playbooks/catalogue.js';
import { controls } from './catalogue.js';
import { judgedTypes, typesRead, type AnyControl } from './control.js';
import { associatedStandards } from './standards.js';
import { tamperControls } from './tamper/catalogue.js';
import { ACCOUNT, gapOf, type Loose, REGION, resource, resultsOf } from './testing.fixture.js';

const room = new URL('.', import.meta.url);
const folderOf = ({ id }: AnyControl) => `${id.slice(0, id.indexOf('.')).toLowerCase()}/${id}`;
const accountWide: ReadonlySet<TypeName> = new Set([
  'AWS::::Account',
  'AWS::IAM::User',
  'Hikeshi::IAM::AccountPasswordPolicy',
  'Hikeshi::S3::AccountPublicAccessBlock',
]);

/** A resource a control speaks about, with a configuration of the test's choosing. */
function subject(control: AnyControl, configuration: Loose, type: TypeName = control.resourceType): Resource {
  const region = accountWide.has(type) ? 'global' : REGION;
  return resource(type, `arn:aws:test:${REGION}:${ACCOUNT}:subject/1`, configuration, { region });
}

/** Subjects whose verdict hangs on other resources alone, for the controls that need others. */
const hanging: Readonly<Partial<Record<TypeName, Loose>>> = {
  'AWS::::Account': { AccountId: ACCOUNT },
  'AWS::EC2::VPC': { VpcId: 'vpc-1', OwnerId: ACCOUNT },
  'AWS::S3::Bucket': {
    PublicAccessBlockConfiguration: null,
    Policy: '{"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}}',
    Acl: { Grants: [] },
  },
  'AWS::CloudTrail::Trail': { Name: 'main', HomeRegion: REGION, S3BucketName: 'trail-logs' },
};

it('holds the control of every folder, once', () => {
  const services = readdirSync(room, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const folders = services.flatMap(({ name }) =>
    readdirSync(new URL(`${name}/`, room))
      .map((each) => `${name}/${each}`)
      .filter((each) => existsSync(new URL(`${each}/control.ts`, room))),
  );
  // Those that events call for are in a list of their own: no scan evaluates them.
  const tamper = tamperControls.map(({ id }) => `tamper/${id}`);
  expect([...controls.map(folderOf), ...tamper].sort()).toEqual(folders.sort());
});

describe.each(controls)('$id', (control) => {
  it('says what ASFF asks for, within its limits', () => {
    expect(control.id).toMatch(/^[A-Z][A-Za-z0-9]+\.\d+$/);
    expect(control.title.length).toBeGreaterThan(0);
    expect(control.title.length).toBeLessThanOrEqual(256);
    expect(control.description.length).toBeGreaterThan(40);
    expect(control.description.length).toBeLessThanOrEqual(1024);
    expect(['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFORMATIONAL']).toContain(control.severity);
    expect(associatedStandards(control.standards)).not.toEqual([]);
    const anchor = control.id.toLowerCase().replace('.', '-');
    expect(control.url).toMatch(
      new RegExp(
        `^https://docs\\.aws\\.amazon\\.com/securityhub/latest/userguide/[a-z0-9]+-controls\\.html#${anchor}$`,
      ),
    );
    expect(new Set(typesRead(control)).size).toBe(typesRead(control).length);
  });

  it('has a page that agrees with it', () => {
    const page = readFileSync(new URL(`${folderOf(control)}/README.md`, room), 'utf8');
    expect(page.startsWith(`# ${control.id}: ${control.title}\n`)).toBe(true);
    expect(page).toContain(control.url);
    expect(page).toContain(`**${control.severity}**`);
    for (const type of typesRead(control)) expect(page).toContain(`\`${type}\``);
    const { cis = {}, pci = {}, nist80053 = [] } = control.standards;
    for (const [version, ids] of [...Object.entries(cis), ...Object.entries(pci)]) {
      const row = `v${version}(\\.0)? *\\| ${ids.join(', ')} *\\|`;
      expect(page).toMatch(new RegExp(row.replaceAll(/(\d)\.(?=\d)/g, '$1\\.')));
    }
    if (nist80053.length > 0) expect(page).toContain(nist80053.join(', '));
    for (const heading of ['Rule', 'Why it matters', 'How it is evaluated', 'Not available when', 'Standards', 'Fix']) {
      expect(page).toContain(`\n## ${heading}\n`);
    }
    const linked = [...page.matchAll(/\]\(\.\.\/\.\.\/\.\.\/playbooks\/([a-z0-9-]+)\/README\.md\)/g)].map(
      ([, id]) => id,
    );
    expect(linked).toEqual(playbooks.filter((playbook) => playbook.controls.includes(control.id)).map(({ id }) => id));
  });

  it('concludes nothing from resources of its type that were not read', () => {
    const types = typesRead(control);
    for (const scene of [
      { resources: [], types: [] },
      { resources: [], gaps: [gapOf([control.resourceType])] },
      { resources: [], gaps: [gapOf([], '*')], types },
    ]) {
      const results = resultsOf(control, scene);
      expect(results.length).toBeGreaterThan(0);
      expect(new Set(results.map(({ status }) => status))).toEqual(new Set(['NOT_AVAILABLE']));
    }
  });

  it('concludes nothing from other resources that were not read', () => {
    const configuration = hanging[control.resourceType];
    if (control.needs.length === 0 || configuration === undefined) {
      expect(control.needs).toEqual([]);
      return;
    }
    const resources = [subject(control, configuration)];
    const regions = ['*', REGION];
    for (const gaps of [
      [gapOf(control.needs, '*')],
      regions.flatMap((region) => control.needs.map((type) => gapOf([type], region))),
    ]) {
      expect(resultsOf(control, { resources, gaps }).map(({ status }) => status)).toEqual(['NOT_AVAILABLE']);
    }
    const collected = resultsOf(control, { resources, types: judgedTypes(control) });
    expect(collected.map(({ status }) => status)).toEqual(['NOT_AVAILABLE']);
  });

  it('concludes nothing from a resource of which nothing was read', () => {
    const gaps = control.needs.map((type) => gapOf([type], '*'));
    for (const type of judgedTypes(control)) {
      for (const configuration of [{}, null]) {
        const results = resultsOf(control, { resources: [subject(control, configuration, type)], gaps });
        expect(results.map(({ status }) => status)).toEqual(['NOT_AVAILABLE']);
      }
    }
  });

  it('answers garbage with a result that can be stored, and never throws', () => {
    fc.assert(
      fc.property(garbage, fc.array(garbage, { maxLength: 3 }), (configuration, others) => {
        const around = others.flatMap((other, index) =>
          control.needs.map((type) =>
            resource(type, `arn:aws:test:${REGION}:${ACCOUNT}:${type}/${index}`, other as Loose),
          ),
        );
        const subjects = judgedTypes(control).map((type) => subject(control, configuration as Loose, type));
        for (const result of resultsOf(control, { resources: [...subjects, ...around] })) {
          expect(['PASSED', 'FAILED', 'NOT_AVAILABLE']).toContain(result.status);
          expect(result.status === 'PASSED' || result.reasons.length > 0).toBe(true);
          expect(JSON.parse(JSON.stringify(result))).toEqual(result);
          // Only a configuration that is not there at all may make a control throw.
          if (![configuration, ...others].includes(null))
            expect(JSON.stringify(result)).not.toContain('could not judge');
        }
      }),
      { numRuns: 150 },
    );
  });
});

/** Every member that a control looks at, so that garbage reaches deep, and some that no object should have. */
const members = [
  ...new Set(
    controls.flatMap((control) => {
      const folder = new URL(`${folderOf(control)}/../`, room);
      const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
        (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
      );
      return files.flatMap(
        (file) =>
          readFileSync(new URL(file, folder), 'utf8').match(/\b[A-Z][A-Za-z0-9]+[a-z]\b|\b[a-z]+[A-Z][A-Za-z]+\b/g) ??
          [],
      );
    }),
  ),
  '__proto__',
  'constructor',
  'toString',
];
const words = [
  'Active',
  'ACTIVE',
  'All',
  'tcp',
  '-1',
  'CUSTOMER',
  '0.0.0.0/0',
  '::/0',
  'default',
  'required',
  '2026-01-01T00:00:00Z',
];
const garbage = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'medium' },
    fc.constantFrom(null, true, false, 0, 22, 65536, -1, 1.5, ''),
    fc.string(),
    fc.constantFrom(...words),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...members), tie('value'), { maxKeys: 12, noNullPrototype: true }),
  ),
})).value;
