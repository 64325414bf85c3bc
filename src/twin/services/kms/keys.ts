import { handlers } from '../../implement.js';
import { checkGrantTokens } from './grant-token.js';
import { edit, keyFor } from './key.js';
import { metadata, truncated } from './metadata.js';
import { settledKeys } from './settle.js';

/** What keys there are, what they are like, and whether they are switched on. */
export const keys = handlers('kms', {
  ListKeys(input, context) {
    context.authorize();
    const { items, next } = context.page(settledKeys(context), input.Marker, input.Limit, 1000);
    return {
      Keys: items.map(({ arn, configuration }) => ({ KeyId: configuration.KeyId, KeyArn: arn })),
      ...truncated(next),
    };
  },
  DescribeKey(input, context) {
    const found = keyFor(context, input.KeyId);
    checkGrantTokens(context, input.GrantTokens);
    return { KeyMetadata: metadata(context, found) };
  },
  UpdateKeyDescription(input, context) {
    edit(context, keyFor(context, input.KeyId), (edited) => {
      edited.Description = input.Description;
    });
  },
  EnableKey(input, context) {
    edit(context, keyFor(context, input.KeyId), (edited) => {
      edited.KeyState = 'Enabled';
      edited.Enabled = true;
    });
  },
  DisableKey(input, context) {
    edit(context, keyFor(context, input.KeyId), (edited) => {
      edited.KeyState = 'Disabled';
      edited.Enabled = false;
    });
  },
  GetKeyLastUsage(input, context) {
    const found = keyFor(context, input.KeyId);
    const use = context.keys.lastUse(found.arn);
    const { CreationDate } = found.configuration;
    return {
      KeyId: found.arn,
      ...(use === undefined
        ? {}
        : { KeyLastUsage: { Operation: use.operation as 'Sign', Timestamp: use.at, KmsRequestId: use.requestId } }),
      TrackingStartDate: context.keys.trackedSince,
      ...(CreationDate === undefined ? {} : { KeyCreationDate: CreationDate }),
    };
  },
});
