import * as sdk from '@aws-sdk/client-kms';
import type { KMSClient } from '@aws-sdk/client-kms';
import { beforeAll, expect, it } from 'vitest';
import { twinFor } from '../../testing.fixture.js';
import { refusal } from './testing.fixture.js';

let kms: KMSClient;
beforeAll(async () => {
  kms = await twinFor().client('kms');
});

const CustomKeyStoreName = 'hsm';
const cluster = {
  CustomKeyStoreName,
  CloudHsmClusterId: 'cluster-2345abcdefg',
  TrustAnchorCertificate: '-----BEGIN CERTIFICATE-----',
  KeyStorePassword: 'kmsPswd',
};
const proxy: sdk.CreateCustomKeyStoreRequest = {
  CustomKeyStoreName,
  CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
  XksProxyConnectivity: 'PUBLIC_ENDPOINT',
  XksProxyUriEndpoint: 'https://keys.example.com',
  XksProxyUriPath: '/kms/xks/v1',
  XksProxyAuthenticationCredential: {
    AccessKeyId: 'ABCDE234567TESTKEYID',
    RawSecretAccessKey: 'DXjSUawnel2fr6SKC7G25CNxTyWKE5PF9XX6H/u9pSo=',
  },
};
const { XksProxyUriPath: _path, ...pathless } = proxy;
const { KeyStorePassword: _password, ...open } = cluster;

it.each<{ name: string; asked: sdk.CreateCustomKeyStoreRequest; said: RegExp }>([
  { name: 'a cluster', asked: cluster, said: /^CloudHsmClusterNotFoundException: .*cluster-2345abcdefg/ },
  { name: 'no password', asked: open, said: /^ValidationException: KeyStorePassword is required/ },
  { name: 'a proxy', asked: proxy, said: /^XksProxyUriUnreachableException: https:\/\/keys.example.com\/kms\/xks\/v1/ },
  { name: 'no path', asked: pathless, said: /^ValidationException: XksProxyUriPath is required/ },
  {
    name: 'an endpoint service',
    asked: {
      ...proxy,
      XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE',
      XksProxyVpcEndpointServiceName: 'com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0',
    },
    said: /^XksProxyVpcEndpointServiceNotFoundException/,
  },
])('a custom key store over $name is refused as KMS refuses what is not there', async ({ asked, said }) => {
  expect(await refusal(kms.send(new sdk.CreateCustomKeyStoreCommand(asked)))).toMatch(said);
  expect((await kms.send(new sdk.DescribeCustomKeyStoresCommand({}))).CustomKeyStores).toEqual([]);
});

it('every other operation is on a store that does not exist', async () => {
  const CustomKeyStoreId = 'cks-1234567890abcdef0';
  const calls: readonly { send(): Promise<unknown> }[] = [
    { send: () => kms.send(new sdk.ConnectCustomKeyStoreCommand({ CustomKeyStoreId })) },
    { send: () => kms.send(new sdk.DisconnectCustomKeyStoreCommand({ CustomKeyStoreId })) },
    { send: () => kms.send(new sdk.UpdateCustomKeyStoreCommand({ CustomKeyStoreId })) },
    { send: () => kms.send(new sdk.DeleteCustomKeyStoreCommand({ CustomKeyStoreId })) },
    { send: () => kms.send(new sdk.DescribeCustomKeyStoresCommand({ CustomKeyStoreId })) },
    { send: () => kms.send(new sdk.CreateKeyCommand({ Origin: 'AWS_CLOUDHSM', CustomKeyStoreId })) },
    { send: () => kms.send(new sdk.GenerateRandomCommand({ NumberOfBytes: 8, CustomKeyStoreId })) },
  ];
  for (const call of calls) {
    expect(await refusal(call.send())).toBe(
      `CustomKeyStoreNotFoundException: The custom key store ${CustomKeyStoreId} does not exist.`,
    );
  }
});
