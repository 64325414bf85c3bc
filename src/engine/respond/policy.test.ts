import { describe, expect, it } from 'vitest';
import type { RiskClass } from '../../playbooks/playbook.js';
import { neededApproval } from './approval-policy.js';
import { filtered } from './filters.js';
import { readResponseSettings } from './read-settings.js';
import type { ResponseMode } from './responses.js';
import type { ScopeFacts } from '../scope/scope.js';
import { nextOpening } from './windows.js';

const facts: ScopeFacts = {
  accountId: '111122223333',
  region: 'eu-west-1',
  severity: 'HIGH',
  controlId: 'EC2.13',
  path: ['Workloads', 'Prod'],
  tags: { team: 'web' },
};
const unseen: ScopeFacts = { ...facts, path: undefined, tags: undefined };

describe('filters fail closed', () => {
  it.each([
    ['nothing is set', {}, facts, true],
    ['another account is excluded', { exclude: [{ accounts: ['999988887777'] }] }, facts, true],
    ['its account is excluded', { exclude: [{ accounts: ['111122223333'] }] }, facts, false],
    ['its unit is excluded', { exclude: [{ organizationalUnits: ['Workloads/Prod'] }] }, facts, false],
    ['a unit is excluded and its own is not known', { exclude: [{ organizationalUnits: ['Test'] }] }, unseen, false],
    ['a tag is excluded and its own were not read', { exclude: [{ tags: { keep: [] } }] }, unseen, false],
    [
      'a tag of another region is excluded',
      { exclude: [{ regions: ['us-east-1'], tags: { keep: [] } }] },
      unseen,
      true,
    ],
    ['its tag is excluded by any value', { exclude: [{ tags: { team: [] } }] }, facts, false],
    ['its tag has another value', { exclude: [{ tags: { team: ['db'] } }] }, facts, true],
    ['only others are included', { include: [{ severities: ['LOW' as const] }] }, facts, false],
    ['it is included', { include: [{ severities: ['HIGH' as const] }] }, facts, true],
    ['a tag is included and its own were not read', { include: [{ tags: { team: ['web'] } }] }, unseen, false],
  ])('%s', (_name, settings, known, may) => {
    const all = readResponseSettings(settings);
    expect(filtered(all, known) === undefined).toBe(may);
  });
});

describe('the approval policy', () => {
  const ask = (mode: ResponseMode, risk: RiskClass, asked?: number) => ({
    mode,
    risk,
    asked,
    requestedBy: 'rule:night',
    facts,
  });
  it.each([
    ['class S, automatic', ask('automatic', 'S'), 0],
    ['class S, asked for by a person who wants to decide', ask('ask', 'S'), 1],
    ['class S, automatic, two wanted', ask('automatic', 'S', 2), 2],
    ['class M, automatic', ask('automatic', 'M'), 1],
    ['class H, automatic', ask('automatic', 'H'), 2],
    ['class H, one wanted', ask('ask', 'H', 1), 2],
    ['told only', ask('notify', 'S'), 1],
  ])('needs by itself: %s', (_name, question, persons) => {
    expect(neededApproval({ approvals: [] }, question).persons).toBe(persons);
  });

  it('follows the first rule that fits', () => {
    const approvals = [
      { name: 'night', requestedBy: 'rule:*', risks: ['M' as const], approval: 'automatic' as const },
      { name: 'all', approval: 'two' as const },
    ];
    expect(neededApproval({ approvals }, ask('automatic', 'M'))).toMatchObject({ persons: 0, rule: 'night' });
    expect(neededApproval({ approvals }, ask('automatic', 'S'))).toMatchObject({ persons: 2, rule: 'all' });
  });

  it('is never made easier by a rule of which it cannot be seen whether it fits', () => {
    const easy = [{ name: 'web', scope: { tags: { team: ['web'] } }, approval: 'automatic' as const }];
    const hard = [{ name: 'web', scope: { tags: { team: ['web'] } }, approval: 'two' as const }];
    const question = { ...ask('automatic', 'M'), facts: unseen };
    expect(neededApproval({ approvals: easy }, question).persons).toBe(1);
    expect(neededApproval({ approvals: hard }, question).persons).toBe(2);
  });
});

describe('maintenance windows', () => {
  // 2026-03-01 is a Sunday.
  const at = (text: string) => new Date(`2026-03-0${text}:00.000Z`);
  const night = { name: 'night', days: [0], from: '22:00', to: '02:00' };
  it.each([
    ['before it opens', '1T12:00', '1T22:00'],
    ['while it is open', '1T23:00', '1T23:00'],
    ['after midnight, still open', '2T01:59', '2T01:59'],
    ['when it has closed', '2T02:00', '8T22:00'],
  ])('%s', (_name, now, opening) => {
    expect(nextOpening([night], facts, at(now))).toEqual(at(opening));
  });

  it('of something else hold nothing back', () => {
    expect(nextOpening([{ ...night, scope: { regions: ['us-east-1'] } }], facts, at('1T12:00'))).toEqual(at('1T12:00'));
  });
});

const WINDOW = { name: 'night', days: [1], from: '22:00', to: '02:00' };

describe('settings from outside', () => {
  it.each([
    ['settings.excluded', { excluded: [] }],
    ['settings.exclude.0.account', { exclude: [{ account: '111122223333' }] }],
    ['settings.exclude.0.accounts.0', { exclude: [{ accounts: ['shop'] }] }],
    ['settings.exclude.0.tags', { exclude: [{ tags: {} }] }],
    ['settings.approvals.0.approval', { approvals: [{ name: 'x', approval: 'none' }] }],
    ['settings.windows.0.from', { windows: [{ name: 'x', days: [1], from: '25:00', to: '02:00' }] }],
    ['settings.rates.0.perSecond', { rates: [{ perSecond: 0, burst: 1 }] }],
    ['settings.windows.1.name', { windows: [WINDOW, WINDOW] }],
    ['settings.schedules.0.cron', { schedules: [{ name: 'x', cron: 'daily', scope: {}, mode: 'ask', runsMax: 1 }] }],
  ])('are refused by the name of the field: %s', (field, value) => {
    expect(() => readResponseSettings(value)).toThrow(
      expect.objectContaining({
        code: 'response-settings',
        message: expect.stringContaining(`\`${field}\``) as string,
      }),
    );
  });
});
