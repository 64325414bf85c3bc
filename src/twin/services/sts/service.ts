import { handlers, implement } from '../../implement.js';

const identity = handlers('sts', {
  GetCallerIdentity: (_input, { caller }) => ({ Account: caller.accountId, Arn: caller.arn, UserId: caller.userId }),
});

/** STS on the twin. */
export const service = implement('sts', identity);
