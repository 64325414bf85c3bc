import { handlers } from '../../implement.js';
import { key } from './key.js';

/** Who was granted use of a key, beside its policy. */
export const grants = handlers('kms', {
  ListGrants(input, context) {
    const { Grants = [] } = key(context, input.KeyId).configuration;
    const wanted = Grants.filter(
      ({ GrantId, GranteePrincipal }) =>
        GrantId === (input.GrantId ?? GrantId) && GranteePrincipal === (input.GranteePrincipal ?? GranteePrincipal),
    );
    const { items, next } = context.page(wanted, input.Marker, input.Limit, 100);
    return { Grants: items, ...(next === undefined ? { Truncated: false } : { Truncated: true, NextMarker: next }) };
  },
});
