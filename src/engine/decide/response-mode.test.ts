import { expect, it } from 'vitest';
import { modeOf, parseResponseModes, type ResponseModes } from './response-mode.js';
import type { ScopeFacts } from './scope.js';

const facts: ScopeFacts = {
  controlId: 'KMS.4',
  accountId: '111122223333',
  path: ['Sandbox'],
  region: 'eu-west-1',
  severity: 'MEDIUM',
  tags: {},
};

const modes: ResponseModes = [
  { scope: { tags: { 'hikeshi:hands-off': [] } }, mode: 'notify' },
  { scope: { controls: ['KMS.*'], organizationalUnits: ['Sandbox'] }, mode: 'automatic' },
  { scope: { severities: ['HIGH', 'CRITICAL'] }, mode: 'ask' },
];

it.each<{ name: string; given: Partial<ScopeFacts>; expect: string }>([
  { name: 'the first entry that takes it in decides', given: {}, expect: 'automatic' },
  { name: 'an earlier entry comes first', given: { tags: { 'hikeshi:hands-off': 'yes' } }, expect: 'notify' },
  { name: 'where none takes it in it is told', given: { controlId: 'EC2.2' }, expect: 'notify' },
  { name: 'another entry', given: { controlId: 'EC2.2', severity: 'HIGH' }, expect: 'ask' },
  { name: 'tags that were not read may be the ones of an earlier entry', given: { tags: undefined }, expect: 'notify' },
  { name: 'a unit that is not known', given: { path: undefined, severity: 'HIGH' }, expect: 'ask' },
])('$name', ({ given, expect: wanted }) => {
  expect(modeOf(modes, { ...facts, ...given })).toBe(wanted);
});

it.each([
  [[{ scope: {}, mode: 'always' }], 'modes.0.mode', 'it must be one of "notify", "ask", "automatic"'],
  [[{ scope: { account: ['1'] }, mode: 'ask' }], 'modes.0.scope.account', 'unexpected property'],
  [{}, 'modes', 'expected array'],
])('a mistake is told with its place: %j', (given, field, rule) => {
  expect(parseResponseModes(given)).toEqual({ invalid: { field, rule } });
});
