import { describe, expect, it } from 'vitest';
import { actionDoubt } from './action-doubt.js';

describe('an action that is asked about', () => {
  it.each([
    's3:GetObject',
    'S3:getobject',
    's3:GetObjectVersion',
    's3:ListAllMyBuckets',
    's3:PutAccountPublicAccessBlock',
    's3:Get*',
    's3:*',
    '*',
    'iam:PassRole',
    'lambda:InvokeFunction',
    'kms:ReEncryptTo',
    'elasticfilesystem:DescribeFileSystems',
  ])('%s is known', async (action) => {
    expect(await actionDoubt(action)).toBeUndefined();
  });

  it.each([
    ['s3:GetObjekt', /^no action `s3:GetObjekt` is known; did you mean .*`s3:GetObject`/],
    ['s3:ListBuckets', /^no action `s3:ListBuckets` is known; did you mean .*`s3:ListBucket`/],
    ['s3:Gett*', /^no action that is known matches `s3:Gett\*`/],
    ['kms:Decript', /`kms:Decrypt`/],
    ['cloudshell:GetFileDownloadUrls', /^no actions of a service `cloudshell` are known here/],
    ['s4:GetObject', /^no actions of a service `s4` are known here.*did you mean .*`s3`/],
    ['GetObject', /^no actions of a service `getobject` are known here/],
  ])('%s is told not to be', async (action, told) => {
    expect(await actionDoubt(action)).toMatch(told);
  });
});
