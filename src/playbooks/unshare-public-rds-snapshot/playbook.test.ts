import { describe, expect, it } from 'vitest';
import { estateOf, rehearsed, resource, subjectOf } from '../testing.fixture.js';
import { playbook } from './playbook.js';

const ARN = 'arn:aws:rds:eu-west-1:111122223333:snapshot:orders';
const PARTNER = '444455556666';
const snapshot = (shared: readonly string[] | undefined) =>
  resource('AWS::RDS::DBSnapshot', ARN, {
    DBSnapshotIdentifier: 'orders',
    DBSnapshotArn: ARN,
    SnapshotType: 'manual',
    ...(shared === undefined
      ? {}
      : { DBSnapshotAttributes: [{ AttributeName: 'restore', AttributeValues: [...shared] }] }),
  });
const made = async (given: ReturnType<typeof snapshot>) =>
  rehearsed(playbook, subjectOf('RDS.1', given), {}, estateOf(given));

describe('stopping to share a snapshot with everyone', () => {
  it.each([
    { name: 'with everyone alone', given: snapshot(['all']) },
    { name: 'with everyone and a partner', given: snapshot(['all', PARTNER]) },
    { name: 'with a partner and everyone', given: snapshot([PARTNER, 'all']) },
  ])('closes one that is shared $name, and back', async ({ given }) => {
    const result = await made(given);
    expect(result).toMatchObject({ rehearsal: { summary: { closes: true, undo: { status: 'restores' } } } });
    if ('refused' in result) return;
    const after = JSON.stringify(result.rehearsal.after.get('AWS::RDS::DBSnapshot', ARN));
    expect(after.includes(PARTNER)).toBe(JSON.stringify(given).includes(PARTNER));
    expect(after).not.toContain('"all"');
  });

  it.each([
    { name: 'one whose sharing was not read', given: snapshot(undefined), why: 'not read' },
    { name: 'one that is shared with a partner alone', given: snapshot([PARTNER]), why: 'not shared with everyone' },
  ])('refuses $name', async ({ given, why }) => {
    expect(await made(given)).toEqual({ refused: expect.stringContaining(why) as string });
  });
});
