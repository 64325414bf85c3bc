import type { CreateCustomKeyStoreRequest } from '@aws-sdk/client-kms';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { handlers } from '../../implement.js';
import { truncated } from './metadata.js';

/**
 * Custom key stores. KMS makes one only over an AWS CloudHSM cluster of the account or an external key manager that
 * answers it. The twin has no clusters and calls nobody, so it refuses as KMS does for a cluster that is not there and
 * a proxy that does not answer; every other operation is on a store that does not exist.
 */
export const customKeyStores = handlers('kms', {
  CreateCustomKeyStore(input, context) {
    context.authorize();
    throw (input.CustomKeyStoreType ?? 'AWS_CLOUDHSM') === 'AWS_CLOUDHSM' ? noCluster(input) : noProxy(input);
  },
  ConnectCustomKeyStore: (input, context) => notThere(context, input.CustomKeyStoreId),
  DeleteCustomKeyStore: (input, context) => notThere(context, input.CustomKeyStoreId),
  DisconnectCustomKeyStore: (input, context) => notThere(context, input.CustomKeyStoreId),
  UpdateCustomKeyStore: (input, context) => notThere(context, input.CustomKeyStoreId),
  DescribeCustomKeyStores(input, context) {
    const wanted = input.CustomKeyStoreId ?? input.CustomKeyStoreName;
    if (wanted !== undefined) notThere(context, wanted);
    context.authorize();
    const { next } = context.page([], input.Marker, input.Limit, 1000);
    return { CustomKeyStores: [], ...truncated(next) };
  },
});

function notThere(context: Context, id: string): never {
  context.authorize();
  throw new AwsError('CustomKeyStoreNotFoundException', `The custom key store ${id} does not exist.`);
}

function noCluster(input: CreateCustomKeyStoreRequest): AwsError {
  const missing = firstMissing(input, ['CloudHsmClusterId', 'TrustAnchorCertificate', 'KeyStorePassword']);
  if (missing !== undefined) return missing;
  const message = `The AWS CloudHSM cluster ${input.CloudHsmClusterId} does not exist: the twin has no hardware security modules.`;
  return new AwsError('CloudHsmClusterNotFoundException', message);
}

function noProxy(input: CreateCustomKeyStoreRequest): AwsError {
  const missing = firstMissing(input, [
    'XksProxyConnectivity',
    'XksProxyUriEndpoint',
    'XksProxyUriPath',
    'XksProxyAuthenticationCredential',
  ]);
  if (missing !== undefined) return missing;
  if (input.XksProxyConnectivity === 'PUBLIC_ENDPOINT') {
    const message = `${input.XksProxyUriEndpoint}${input.XksProxyUriPath} cannot be reached: the twin calls no external key manager.`;
    return new AwsError('XksProxyUriUnreachableException', message);
  }
  const lacking = firstMissing(input, ['XksProxyVpcEndpointServiceName']);
  if (lacking !== undefined) return lacking;
  const message = `The VPC endpoint service ${input.XksProxyVpcEndpointServiceName} does not exist: the twin calls no external key manager.`;
  return new AwsError('XksProxyVpcEndpointServiceNotFoundException', message);
}

function firstMissing(
  input: CreateCustomKeyStoreRequest,
  names: readonly (keyof CreateCustomKeyStoreRequest)[],
): AwsError | undefined {
  const name = names.find((each) => input[each] === undefined);
  if (name === undefined) return undefined;
  const kind = input.CustomKeyStoreType ?? 'AWS_CLOUDHSM';
  return new AwsError('ValidationException', `${name} is required for a custom key store of type ${kind}.`);
}
