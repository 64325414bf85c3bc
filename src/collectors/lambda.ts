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

/** Every version of every layer: each has a policy of its own. */
const layerVersions = defineCollector({
  service: 'lambda',
  types: ['AWS::Lambda::LayerVersion'],
  reads: ['ListLayers', 'ListLayerVersions', 'GetLayerVersionPolicy'],
  scope: 'region',
  async *collect(read, target) {
    const layers = await read.list('ListLayers', { MaxItems: 50 }, (page) => page.Layers);
    const made = await read.each(layers, async ({ LayerName = '', LayerArn = '' }) => {
      const versions = await read.list('ListLayerVersions', { LayerName, MaxItems: 50 }, (page) => page.LayerVersions);
      return read.each(versions, async (item) => {
        const { LayerVersionArn: arn = '', Version: VersionNumber } = item;
        const asked = { LayerName, VersionNumber };
        const policy = await read.detail('GetLayerVersionPolicy', asked, arn, NOT_FOUND);
        const known = policy === undefined ? {} : { Policy: policy?.Policy ?? null };
        return resourceAt(target, 'AWS::Lambda::LayerVersion', arn, { ...item, LayerName, LayerArn, ...known });
      });
    });
    yield* made.flat();
  },
});

/** Lambda's collectors. */
export const lambda = [functions, layerVersions] as const;
