import { DescribeKeyCommand, ListGrantsCommand } from '@aws-sdk/client-kms';
import { expect, it } from 'vitest';
import { twinFor } from '../../testing.fixture.js';

it("an estate's grants are listed, all or by grantee, and are no part of the key's description", async () => {
  const KeyId = '12345678-1234-4234-8234-123456789012';
  const arn = `arn:aws:kms:eu-west-1:111122223333:key/${KeyId}`;
  const place = { accountId: '111122223333', region: 'eu-west-1' };
  const grant = (GrantId: string, GranteePrincipal: string) => ({ GrantId, GranteePrincipal, KeyId: arn });
  const partner = 'arn:aws:iam::999988887777:root';
  const Grants = [grant('a'.repeat(64), partner), grant('b'.repeat(64), 'arn:aws:iam::111122223333:role/own')];
  const resources = [{ type: 'AWS::KMS::Key', arn, ...place, configuration: { KeyId, Arn: arn, Grants } }] as const;
  const kms = await twinFor({ resources }).client('kms');
  expect((await kms.send(new ListGrantsCommand({ KeyId }))).Grants).toMatchObject(Grants);
  const found = await kms.send(new ListGrantsCommand({ KeyId, GranteePrincipal: partner }));
  expect(found.Grants).toMatchObject([{ GranteePrincipal: partner }]);
  expect((await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata).not.toHaveProperty('Grants');
});
