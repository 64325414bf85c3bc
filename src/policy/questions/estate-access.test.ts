import { describe, expect, it } from 'vitest';
import { demoOrganization } from '../../estate/demo/demo-organization.js';
import { Fork } from '../../estate/fork.js';
import { plantedAccess } from '../../estate/demo/planted-access.js';
import { ClosedMemory } from './closed-memory.js';
import { estateExternalAccess, type AnalysisMemory } from './estate-access.js';

const options = { accounts: 12, seed: 1, now: new Date('2026-06-01T00:00:00.000Z') };

describe('the external access of the demo organization', () => {
  const estate = demoOrganization(options);
  const memory: AnalysisMemory = new Map();
  const found = estateExternalAccess(estate, { memory });
  const planted = plantedAccess(options);
  const arnOf = ({ arn, partArn }: (typeof planted)[number]): string => partArn ?? arn;

  it('is what was planted, and no look-alike', () => {
    const open = planted.filter(({ verdict }) => verdict === 'public' || verdict === 'external').map(arnOf);
    const reported = new Set(found.findings.map(({ resourceArn }) => resourceArn));
    expect([...reported].sort()).toEqual([...new Set(open)].sort());
  });

  it('says of each whether it is public', () => {
    const publics = new Set(planted.filter(({ verdict }) => verdict === 'public').map(arnOf));
    const reported = new Set(found.findings.filter(({ isPublic }) => isPublic).map(({ resourceArn }) => resourceArn));
    expect([...reported].sort()).toEqual([...publics].sort());
  });

  it('leaves nothing undetermined and reads every document', () => {
    expect(found.undetermined).toEqual([]);
    expect(found.unreadable).toEqual([]);
  });

  it('is not analysed again where nothing changed', () => {
    const again = estateExternalAccess(estate, { memory });
    expect(again.analyzed).toBe(0);
    expect(again.findings).toEqual(found.findings);
  });

  it('is analysed again where something changed, and there alone', () => {
    const isClosed = (arn: string) => !found.findings.some(({ resourceArn }) => resourceArn === arn);
    const [queue] = [...estate.list('AWS::SQS::Queue')].filter(({ arn }) => isClosed(arn));
    const changed = new Fork(estate);
    const open = { Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: queue!.arn };
    const Attributes = { Policy: JSON.stringify({ Version: '2012-10-17', Statement: [open] }) };
    changed.put({ ...queue!, configuration: { ...queue!.configuration, Attributes } });
    const again = estateExternalAccess(changed, { memory });
    expect(again.analyzed).toBe(1);
    expect(again.findings).toEqual(estateExternalAccess(changed).findings);
    expect(again.findings.length).toBeGreaterThan(found.findings.length);
  });

  it('another run of the program knows what was proved closed, and analyses what shares something', () => {
    const first = new ClosedMemory();
    estateExternalAccess(estate, { memory: first });
    const proved = [...first.closed()];
    const second = new ClosedMemory(proved);
    const again = estateExternalAccess(estate, { memory: second });
    expect(again.findings).toEqual(found.findings);
    expect(again.analyzed).toBeLessThan(found.resources / 5);
    expect(again.analyzed).toBeGreaterThanOrEqual(new Set(found.findings.map(({ resourceArn }) => resourceArn)).size);
    expect([...second.closed()].sort()).toEqual(proved.sort());
  });
});
