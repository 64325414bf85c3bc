import { describe, expect, it } from 'vitest';
import { documentOf, managedPolicy } from '../iam-identities.fixture.js';
import type { Plan } from '../playbook.js';
import { estateOf, rehearsed, subjectOf } from '../testing.fixture.js';
import { playbook } from './playbook.js';

const admin = { Sid: 'Admin', Action: '*' };
const read = { Action: 's3:GetObject' };
const ADMINISTRATION = ['iam:*', 'organizations:*', 'account:*'];

async function run(document: string, parameters: Record<string, string> = {}, more = {}) {
  const policy = managedPolicy(document, more);
  return rehearsed(playbook, subjectOf('IAM.1', policy), parameters, estateOf(policy));
}

async function planned(document: string, parameters: Record<string, string> = {}) {
  const { plan, rehearsal } = (await run(document, parameters)) as Extract<
    Awaited<ReturnType<typeof run>>,
    { plan: Plan }
  >;
  const text = plan.steps[0]?.call.input['PolicyDocument'] as string;
  return { plan, rehearsal, statements: (JSON.parse(text) as { Statement: object[] }).Statement };
}

describe('a policy that makes full administrators', () => {
  it.each([
    {
      name: 'allows all but administration instead',
      document: documentOf(read, admin),
      keep: 'power-user',
      statements: [
        { Effect: 'Allow', Resource: '*', ...read },
        { Effect: 'Allow', Resource: '*', Sid: 'Admin', NotAction: ADMINISTRATION },
      ],
    },
    {
      name: 'keeps its exceptions',
      document: documentOf({ NotAction: 'organizations:LeaveOrganization' }),
      keep: 'power-user',
      statements: [
        { Effect: 'Allow', Resource: '*', NotAction: ['organizations:LeaveOrganization', ...ADMINISTRATION] },
      ],
    },
    {
      name: 'loses the statement',
      document: documentOf(read, admin),
      keep: 'nothing',
      statements: [{ Effect: 'Allow', Resource: '*', ...read }],
    },
  ])('$name', async ({ document, keep, statements }) => {
    const result = await planned(document, { keep });
    expect(result.statements).toEqual(statements);
    expect(result.plan.warnings.map(({ code }) => code)).toEqual(['accessLost']);
    expect(result.rehearsal.summary).toMatchObject({ closes: true, opens: [], undo: { status: 'restores' } });
  });

  it('keeps its old version', async () => {
    const { plan } = await planned(documentOf(admin));
    expect(plan.steps.map(({ call }) => call.operation)).toEqual(['CreatePolicyVersion']);
    expect(plan.steps[0]?.undo).toMatchObject([
      { operation: 'SetDefaultPolicyVersion' },
      { operation: 'DeletePolicyVersion' },
    ]);
  });

  it('warns nobody when nobody has it', async () => {
    const result = await run(documentOf(admin), {}, { AttachmentCount: 0 });
    expect(result).toMatchObject({ plan: { warnings: [] } });
  });

  const version = { VersionId: 'v1', CreateDate: '2025-01-01T00:00:00.000Z', Document: documentOf(admin) };
  it.each([
    { name: 'nothing would be left', document: documentOf(admin), parameters: { keep: 'nothing' }, says: 'left' },
    { name: 'a choice is unknown', document: documentOf(admin), parameters: { keep: 'some' }, says: '`some`' },
    {
      name: 'other statements give it back',
      document: documentOf({ Action: 'iam:*' }, { NotAction: 'iam:*' }),
      parameters: {},
      says: 'give full administration back',
    },
    { name: 'it is none any more', document: documentOf(read), parameters: {}, says: 'any more' },
    {
      name: 'there are five versions',
      document: documentOf(admin),
      parameters: {},
      more: {
        PolicyVersionList: [1, 2, 3, 4, 5].map((id) => ({
          ...version,
          VersionId: `v${id}`,
          IsDefaultVersion: id === 1,
        })),
      },
      says: '5 versions',
    },
    { name: 'versions were not read', document: '', parameters: {}, more: { PolicyVersionList: [] }, says: 'not read' },
  ])('is refused when $name', async ({ document, parameters, more, says }) => {
    expect(await run(document, parameters, more)).toMatchObject({ refused: expect.stringContaining(says) as string });
  });
});
