import { expect, it } from 'vitest';
import type { ApiCall } from '../reference/api-call.js';
import { ssm } from './ssm.js';
import { collectFrom } from './testing.fixture.js';

const [inventory, patches, documents] = ssm;

it('patch states are asked for fifty instances at a time, of the instances that are managed', async () => {
  const InstanceInformationList = Array.from({ length: 120 }, (_, index) => ({ InstanceId: `i-${index}` }));
  const batches: unknown[] = [];
  const { resources, calls } = await collectFrom([inventory, patches], {
    DescribeInstanceInformation: { InstanceInformationList },
    DescribeInstancePatchStates: ({ input }: ApiCall) => {
      const ids = input['InstanceIds'] as string[];
      batches.push(ids.length);
      return { InstancePatchStates: ids.slice(0, 1).map((InstanceId) => ({ InstanceId, MissingCount: 1 })) };
    },
  });
  expect(batches).toEqual([50, 50, 20]);
  expect(calls).toHaveLength(4);
  expect(resources.filter(({ type }) => type === 'AWS::SSM::PatchCompliance')).toHaveLength(3);
});

it('batches that fail alike are one gap', async () => {
  const InstanceInformationList = Array.from({ length: 120 }, (_, index) => ({ InstanceId: `i-${index}` }));
  const { gaps } = await collectFrom([patches], { DescribeInstanceInformation: { InstanceInformationList } });
  expect(gaps.map(({ operation, error }) => [operation, error.code])).toEqual([
    ['DescribeInstancePatchStates', 'NotImplemented'],
  ]);
});

it('an instance is kept without when it last said hello', async () => {
  const { resources } = await collectFrom([inventory], {
    DescribeInstanceInformation: {
      InstanceInformationList: [
        { InstanceId: 'i-1', PingStatus: 'Online', LastPingDateTime: 't', LastAssociationExecutionDate: 't' },
      ],
    },
  });
  expect(resources[0]?.configuration).toEqual({ InstanceId: 'i-1', PingStatus: 'Online' });
});

it('a document is read in the format it was written in; one deleted since is not there', async () => {
  const DocumentIdentifiers = [{ Name: 'kept', DocumentFormat: 'YAML' }, { Name: 'gone' }];
  const { resources, gaps, calls } = await collectFrom([documents], {
    ListDocuments: { DocumentIdentifiers },
    DescribeDocument: ({ input }: ApiCall) =>
      input['Name'] === 'gone' ? 'InvalidDocument' : { Document: { Name: 'kept', DocumentFormat: 'YAML' } },
    GetDocument: { Content: 'a: b\n', DocumentFormat: 'YAML' },
  });
  expect(gaps).toEqual([]);
  expect(resources.map(({ configuration }) => configuration)).toEqual([
    { Name: 'kept', DocumentFormat: 'YAML', Content: 'a: b\n' },
  ]);
  expect(calls.find(({ operation }) => operation === 'GetDocument')?.input).toEqual({
    Name: 'kept',
    DocumentFormat: 'YAML',
  });
});
