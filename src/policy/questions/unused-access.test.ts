import { expect, it } from 'vitest';
import { demoOrganization } from '../../estate/demo/demo-organization.js';
import { unusedAccess } from './unused-access.js';

const estate = demoOrganization({ accounts: 12, seed: 1, now: new Date('2026-06-01T00:00:00.000Z') });
const [user] = [...estate.list('AWS::IAM::User')].filter(({ configuration }) => configuration.UserName === 'ci-deploy');
const identityArn = user?.arn ?? '';
const of = (action?: string) =>
  unusedAccess(estate, action === undefined ? [] : [{ identityArn, action }]).filter(
    ({ principal }) => principal === identityArn,
  );

it('is everything, of one who was never seen', () => {
  expect(of()).toMatchObject([{ actions: ['s3:*', 's3-object-lambda:*'], whole: true }]);
});

it('is what no recorded call met', () => {
  expect(of('s3:GetObject')).toMatchObject([{ actions: ['s3-object-lambda:*'], whole: false }]);
});

it('is not lessened by calls that the statement does not grant', () => {
  expect(of('sqs:SendMessage')).toMatchObject([{ whole: true }]);
});
