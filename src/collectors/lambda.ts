import { defineCollector, resourceAt } from './collector.js';

/** Of tags: the function was deleted since it was listed. Of a policy: it has none. */
const NOT_FOUND = ['ResourceNotFoundException'];

const functions = defineCollector({
  service: 'lambda',
  types: ['AWS::Lambda::Function'],
  reads: ['ListFunctions', 'GetPolicy', 'ListTags'],
  scope: 'region',
  async *collect(read, target) {
    const listed = await read.list('ListFunctions', { MaxItems: 50 }, (page) => page.Functions);
    const made = await read.each(listed, async (item) => {
      const { FunctionArn = '', FunctionName = '' } = item;
      const tags = await read.detail('ListTags', { Resource: FunctionArn }, FunctionArn, NOT_FOUND);
      if (tags === null) return [];
      const policy = await read.detail('GetPolicy', { FunctionName }, FunctionArn, NOT_FOUND);
      const resource = resourceAt(target, 'AWS::Lambda::Function', FunctionArn, {
        ...item,
        ...(policy === undefined ? {} : { Policy: policy?.Policy ?? null }),
        ...(tags === undefined ? {} : { Tags: tags.Tags ?? {} }),
      });
      return [resource];
    });
    yield* made.flat();
  },
});

/** Lambda's collector. */
export const lambda = [functions] as const;
