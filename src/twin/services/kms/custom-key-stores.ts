import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { handlers } from '../../implement.js';
import { truncated } from './metadata.js';

function refuse(context: Context): never {
  context.authorize();
  const message = `The twin has no hardware security modules and reaches no external key manager: it does not do ${context.operation}.`;
  throw new AwsError('UnsupportedOperationException', message, { status: 400 });
}

function notThere(context: Context, id: string): never {
  context.authorize();
  throw new AwsError('CustomKeyStoreNotFoundException', `The custom key store ${id} does not exist.`);
}

/** Custom key stores: the twin has none, says so, and makes none. */
export const customKeyStores = handlers('kms', {
  CreateCustomKeyStore: (_input, context) => refuse(context),
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
